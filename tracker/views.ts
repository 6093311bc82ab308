import type { UserKey } from '../protocol/ids.js';
import { CHANNEL_WHOLE_MAX, PRESENCE_FOLLOW_MAX, PRESENCE_WHOLE_MAX } from '../protocol/limits.js';
import { Crowd, type Group, type Spot } from './crowd.js';
import type { PresenceKey } from './store/tracker-store.js';

/** Who is told of others. */
export interface Viewer {
  readonly user: UserKey;
  /** Channels that the user is in. */
  readonly joined: ReadonlySet<string>;
}

export interface ViewsOptions {
  /** In [0, 1): the same for one key each time, and of nobody's choice. */
  readonly placeOf: (key: PresenceKey) => number;
  /** In [0, 1). */
  readonly random: () => number;
  /** Everyone is in these. */
  readonly permanent: ReadonlySet<string>;
}

/** The channels of one peer's user; undefined: it is not online. */
export type Whereabouts = readonly string[] | undefined;

/** What a viewer sees from now on that it did not see, and the other way round. */
export interface Review {
  readonly isWhole: boolean;
  readonly came: readonly PresenceKey[];
  readonly went: readonly PresenceKey[];
}

interface View<Client> {
  /** What it sees is by these, as of its last review. */
  isWhole: boolean;
  groups: readonly Group<Client>[];
  follows: ReadonlySet<UserKey>;
  /** And from the next one on by these: whom it follows, and of large crowds the part of each of these places. */
  wanted: ReadonlySet<UserKey>;
  readonly places: number[];
}

/** Of most viewers these are all, so they are there once: an empty set of its own would be a tenth of what a socket takes. */
const NOBODY: ReadonlySet<UserKey> = new Set();
const NOTHING: readonly never[] = [];
/** Parts of each large crowd that one viewer sees. */
const PARTS_SEEN = 4;

/**
 * Who is told of whom (SPEC.md section 2, Presence). While few are online, everybody of all. Beyond, a viewer is told of its user's own devices, of the users that
 * it follows, of those in its channels, and of a large one of a sample: so what one change costs does not grow with those online. It sees what it saw until it is
 * reviewed, for which it is due once anything of that has changed.
 */
export class Views<Client extends Viewer> {
  readonly #options: ViewsOptions;
  readonly #views = new Map<Client, View<Client>>();
  readonly #whole = new Set<Client>();
  readonly #everyone = new Crowd<Client>(PRESENCE_WHOLE_MAX);
  readonly #crowds = new Map<string, Crowd<Client>>();
  readonly #spots = new Map<PresenceKey, Spot>();
  readonly #keysOf = new Map<UserKey, Set<PresenceKey>>();
  readonly #followers = new Map<UserKey, Set<Client>>();
  readonly #due = new Set<Client>();

  constructor(options: ViewsOptions) {
    this.#options = options;
  }

  get isDue(): boolean {
    return this.#due.size > 0;
  }

  /** Somebody came, left, or is in other channels. */
  changed(key: PresenceKey, user: UserKey, before: Whereabouts, after: Whereabouts): void {
    const spot = this.#spots.get(key) ?? { key, user, place: this.#options.placeOf(key) };
    if (before === undefined && after) this.#came(spot);
    if (before && after === undefined) this.#left(spot);
    for (const name of this.#limited(before)) if (after?.includes(name) !== true) this.#inChannel(name, 'remove', spot);
    for (const name of this.#limited(after)) if (before?.includes(name) !== true) this.#inChannel(name, 'add', spot);
  }

  /** @returns whether it sees everybody */
  attach(client: Client): boolean {
    const places = Array.from({ length: PARTS_SEEN }, () => this.#options.random());
    const view: View<Client> = { isWhole: false, groups: NOTHING, follows: NOBODY, wanted: NOBODY, places };
    this.#views.set(client, view);
    this.#enter(client, view);
    return view.isWhole;
  }

  detach(client: Client): void {
    const view = this.#views.get(client);
    if (view) this.#leave(client, view);
    this.#views.delete(client);
    this.#due.delete(client);
  }

  has(client: Client): boolean {
    return this.#views.has(client);
  }

  /** Whom it sees: the keys of these peers. */
  seen(client: Client): ReadonlySet<PresenceKey> {
    const view = this.#views.get(client);
    return view ? this.#seen(view) : new Set();
  }

  /** Its user is in other channels now. */
  moved(client: Client): void {
    if (this.#views.has(client)) this.#due.add(client);
  }

  /** Of each large crowd it sees another part, in the place of one of those that it sees. */
  renew(client: Client): void {
    const view = this.#views.get(client);
    if (!view || view.isWhole) return;
    const { random } = this.#options;
    view.places[Math.floor(random() * view.places.length)] = random();
    this.#due.add(client);
  }

  /** @returns false where it would follow too many: then it follows nobody more */
  follow(client: Client, users: readonly UserKey[]): boolean {
    const view = this.#views.get(client);
    if (!view) return false;
    const wanted = new Set([...view.wanted, ...users]);
    if (wanted.size > PRESENCE_FOLLOW_MAX) return false;
    this.#want(client, view, wanted);
    return true;
  }

  unfollow(client: Client, users: readonly UserKey[]): void {
    const view = this.#views.get(client);
    if (!view) return;
    const wanted = new Set(view.wanted);
    for (const user of users) wanted.delete(user);
    this.#want(client, view, wanted);
  }

  /**
   * Whom to tell of a change: who sees the peer now, and who saw it but does not any more. Not those who see everybody.
   * @param before as they were told last
   */
  audience(
    key: PresenceKey,
    user: UserKey,
    before: Whereabouts,
    after: Whereabouts,
  ): { readonly sees: ReadonlySet<Client>; readonly saw: ReadonlySet<Client> } {
    const place = this.#options.placeOf(key);
    const sees = new Set(after ? this.#viewers(user, place, after) : []);
    const saw = new Set(before ? this.#viewers(user, place, before) : []);
    for (const client of sees) saw.delete(client);
    return { sees, saw };
  }

  /** What changes for the next one that is due. It sees that from now on; all that has happened must have been told before. */
  review(): { readonly client: Client; readonly review: Review } | undefined {
    const [client] = this.#due;
    const view = client && this.#views.get(client);
    if (!client || !view) return undefined;
    this.#due.delete(client);
    const before = this.#seen(view);
    this.#leave(client, view);
    this.#enter(client, view);
    const after = this.#seen(view);
    const came = [...after].filter((key) => !before.has(key));
    const went = [...before].filter((key) => !after.has(key));
    return { client, review: { isWhole: view.isWhole, came, went } };
  }

  /** @param wanted those of before and more, or some of them: where they are as many, nothing changes, and nobody is due */
  #want(client: Client, view: View<Client>, wanted: ReadonlySet<UserKey>): void {
    if (wanted.size === view.wanted.size) return;
    view.wanted = wanted;
    this.#due.add(client);
  }

  #enter(client: Client, view: View<Client>): void {
    view.isWhole = this.#everyone.parts === 1;
    if (view.isWhole) {
      this.#whole.add(client);
      return;
    }
    // Its own devices it always sees.
    view.follows = new Set([...view.wanted, client.user]);
    const groups = new Set<Group<Client>>();
    const crowds = [this.#everyone, ...[...this.#limited(client.joined)].map((name) => this.#crowd(name))];
    for (const crowd of crowds) for (const place of view.places) groups.add(crowd.join(client, place));
    view.groups = [...groups];
    for (const user of view.follows) {
      const followers = this.#followers.get(user);
      if (followers) followers.add(client);
      else this.#followers.set(user, new Set([client]));
    }
  }

  #leave(client: Client, view: View<Client>): void {
    this.#whole.delete(client);
    for (const group of view.groups) {
      group.crowd.leave(client, group);
      this.#tidy(group.crowd);
    }
    view.groups = NOTHING;
    for (const user of view.follows) {
      const followers = this.#followers.get(user);
      followers?.delete(client);
      if (followers?.size === 0) this.#followers.delete(user);
    }
    view.follows = NOBODY;
  }

  #seen(view: View<Client>): Set<PresenceKey> {
    if (view.isWhole) return new Set(this.#spots.keys());
    const seen = new Set<PresenceKey>();
    for (const group of view.groups) for (const { key } of group.crowd.spotsOf(group)) seen.add(key);
    for (const user of view.follows) for (const key of this.#keysOf.get(user) ?? []) seen.add(key);
    return seen;
  }

  *#viewers(user: UserKey, place: number, channels: readonly string[]): IterableIterator<Client> {
    yield* this.#everyone.clientsAt(place);
    for (const name of this.#limited(channels)) yield* this.#crowds.get(name)?.clientsAt(place) ?? [];
    yield* this.#followers.get(user) ?? [];
  }

  #came(spot: Spot): void {
    this.#spots.set(spot.key, spot);
    const keys = this.#keysOf.get(spot.user);
    if (keys) keys.add(spot.key);
    else this.#keysOf.set(spot.user, new Set([spot.key]));
    this.#cut(this.#everyone, this.#everyone.add(spot));
  }

  #left(spot: Spot): void {
    this.#spots.delete(spot.key);
    const keys = this.#keysOf.get(spot.user);
    keys?.delete(spot.key);
    if (keys?.size === 0) this.#keysOf.delete(spot.user);
    this.#cut(this.#everyone, this.#everyone.remove(spot));
  }

  #inChannel(name: string, does: 'add' | 'remove', spot: Spot): void {
    const crowd = this.#crowd(name);
    this.#cut(crowd, crowd[does](spot));
    this.#tidy(crowd);
  }

  /** Who sees parts of before is due. */
  #cut(crowd: Crowd<Client>, isOther: boolean): void {
    if (!isOther) return;
    for (const client of crowd.clients()) this.#due.add(client);
    if (crowd === this.#everyone) for (const client of this.#whole) this.#due.add(client);
  }

  #crowd(name: string): Crowd<Client> {
    const known = this.#crowds.get(name);
    if (known) return known;
    const crowd = new Crowd<Client>(CHANNEL_WHOLE_MAX, name);
    this.#crowds.set(name, crowd);
    return crowd;
  }

  #tidy(crowd: Crowd<Client>): void {
    if (crowd.isEmpty) this.#crowds.delete(crowd.name);
  }

  *#limited(channels: Iterable<string> | undefined): IterableIterator<string> {
    for (const name of channels ?? []) if (!this.#options.permanent.has(name)) yield name;
  }
}
