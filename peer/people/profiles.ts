/**
 * The present profile of every user whose entries are here: the last one that can be read, in the order of all screens. What
 * everybody is shown all the time is kept in memory; texts and pictures are read from the entry.
 */
import { compareEntries, type Entry } from '../../protocol/entry.js';
import { userKey, type ConversationId, type EntryId, type UserKey, type Username } from '../../protocol/ids.js';
import type { PersonView, ProfileView } from '../../protocol/local-api.js';
import type { Picture } from '../services.js';
import { pictureAddress, readPicture } from './picture.js';
import { readProfile, standing, type Profile } from './profile.js';

/** Where everybody's profile lies: everyone is there. */
export const PROFILES = '#general' as ConversationId;

export interface ProfileShelf {
  /** Gives entries of kind `profile`: of each device the last one, and the one before for as long as `reads` cannot read it. */
  latest(conversation: ConversationId, reads: (entry: Entry) => boolean): void;
}

export interface ProfileOptions {
  readonly shelf: ProfileShelf;
  readonly entry: (id: EntryId) => Entry | undefined;
  /** Milliseconds since 1970. */
  readonly now: () => number;
}

interface Held {
  /** Without its body. */
  readonly entry: Entry;
  readonly facts: Pick<PersonView, 'name' | 'status' | 'picture' | 'bot'>;
  readonly picture: string | undefined;
}

export class ProfileBook {
  readonly #options: ProfileOptions;
  readonly #held = new Map<UserKey, Held>();

  constructor(options: ProfileOptions) {
    this.#options = options;
    options.shelf.latest(PROFILES, (entry) => this.#take(entry) || readProfile(entry.data) !== undefined);
  }

  users(): Username[] {
    return [...this.#held.values()].map(({ entry }) => entry.from);
  }

  facts(user: UserKey): Held['facts'] {
    const facts = this.#held.get(user)?.facts ?? {};
    if (standing(facts.status, this.#options.now()) === facts.status) return facts;
    const { status: _, ...others } = facts;
    return others;
  }

  /** When each status that has an end is over, ms. */
  ends(): ReadonlyMap<Username, number> {
    const ends = [...this.#held.values()].flatMap(({ entry, facts: { status } }) =>
      status?.until === undefined ? [] : [[entry.from, Date.parse(status.until)] as const],
    );
    return new Map(ends);
  }

  /** @returns users of whom another profile is shown than before */
  added(conversation: ConversationId, entries: readonly Entry[]): Iterable<Username> {
    if (conversation !== PROFILES) return [];
    const changed = new Map<UserKey, Username>();
    for (const entry of entries)
      if (entry.kind === 'profile' && this.#take(entry)) changed.set(userKey(entry.from), entry.from);
    return changed.values();
  }

  /** The whole of it, as it was written; empty for who has said nothing. */
  profile(user: UserKey): Profile {
    const held = this.#held.get(user);
    const entry = held && this.#options.entry(held.entry.id);
    return (entry && readProfile(entry.data)) ?? {};
  }

  view(username: Username): ProfileView {
    const { about } = this.profile(userKey(username));
    return { username, ...this.facts(userKey(username)), ...(about === undefined ? {} : { about }) };
  }

  /** @param hides users whose picture is not shown */
  picture(id: string, hides: (user: UserKey) => boolean = () => false): Picture | undefined {
    for (const [user, { picture }] of this.#held)
      if (picture === id && !hides(user)) return readPicture(this.profile(user).picture?.data);
    return undefined;
  }

  /** Whether it is what counts from now on. */
  #take(entry: Entry): boolean {
    const user = userKey(entry.from);
    const before = this.#held.get(user);
    if (before && compareEntries(entry, before.entry) <= 0) return false;
    const profile = readProfile(entry.data);
    if (!profile) return false;
    const { name, status, bot } = profile;
    const picture = profile.picture && readPicture(profile.picture.data)?.id;
    const facts = {
      ...(name === undefined ? {} : { name }),
      ...(status === undefined ? {} : { status }),
      ...(picture === undefined ? {} : { picture: pictureAddress(picture) }),
      ...(bot ? { bot } : {}),
    };
    this.#held.set(user, { entry: { ...entry, data: {} }, facts, picture });
    return true;
  }
}
