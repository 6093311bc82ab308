/** A client that has signed in: whose it is, what it has open, and what it is told by the peer's events. */
import type { Entry } from '../../../protocol/entry.js';
import {
  sameUser,
  userKey,
  type ConversationId,
  type EntryId,
  type UserKey,
  type Username,
} from '../../../protocol/ids.js';
import type { CommandArguments, CommandName, CommandResults } from '../../../protocol/local-api.js';
import { runCommand } from '../../commands/run.js';
import type { PeerServices } from '../../services.js';
import type { Seat } from '../host.js';
import { channelChange, entering } from './comings.js';
import type { Answers, IrcClient, Member } from './context.js';
import type { Listener } from './feed.js';
import { entryLines } from './live-entries.js';
import { ReadMarkers } from './read-markers.js';
import { nickOf, sourceOf, targetOf } from './names.js';
import { changes, look, NOBODY_YET, type Change, type Look, type Person } from './roster.js';
import type { Outgoing } from './wire.js';

/** An own entry that a command is about to write: what comes of it is an answer to that command. */
interface Expected {
  readonly call: Answers;
  readonly matches: (entry: Entry, mark: string | undefined) => boolean;
}

export class Me implements Member, Listener {
  readonly services: PeerServices;
  readonly username: Username;
  readonly nick: string;
  readonly source: string;
  /** Channels that nobody can leave, which this client has closed for itself. */
  readonly closed = new Set<ConversationId>();
  /** Nicks in lower case → as they were given. */
  readonly monitored = new Map<string, string>();
  readonly #markers: ReadMarkers;
  #look: Look = NOBODY_YET;
  #arrived = false;
  #stirred = false;
  /** Channels that a command of this client opens or closes just now. */
  readonly #moving = new Map<ConversationId, Answers>();
  #expected: Expected[] = [];
  #marking: ConversationId | undefined;
  #end: (() => void) | undefined;

  constructor(
    readonly session: IrcClient,
    readonly seat: Seat,
  ) {
    this.services = seat.services;
    this.username = seat.username;
    this.nick = nickOf(seat.username);
    this.source = sourceOf(seat.username);
    this.#markers = new ReadMarkers(this);
  }

  /** Opens what there is, and listens from now on. */
  arrive(): void {
    this.#end = this.session.ports.feeds.join(this.services, this);
    this.#arrived = true;
    this.refresh();
  }

  leave(): void {
    this.#end?.();
    this.#end = undefined;
    this.seat.leave();
  }

  run<Name extends CommandName>(name: Name, args: CommandArguments<Name>): Promise<CommandResults[Name]> {
    return runCommand(this.services, name, args);
  }

  /** Runs a command that writes; lines about the entry that it writes are answers to the call. */
  async expecting<Result>(call: Answers, matches: Expected['matches'], work: () => Promise<Result>): Promise<Result> {
    const expected = { call, matches };
    this.#expected.push(expected);
    try {
      return await work();
    } finally {
      this.#expected = this.#expected.filter((other) => other !== expected);
    }
  }

  /** Runs a command that opens or closes a channel, and tells what came of it as an answer to the call. */
  async moving(call: Answers, channel: ConversationId, work: () => Promise<unknown>): Promise<void> {
    this.#moving.set(channel, call);
    try {
      await work();
      this.refresh();
    } finally {
      this.#moving.delete(channel);
    }
  }

  async marking(conversation: ConversationId, work: () => Promise<unknown>): Promise<void> {
    this.#marking = conversation;
    try {
      await work();
    } finally {
      this.#marking = undefined;
    }
  }

  /** The channels that are open, and who is there. */
  get channels(): Look['channels'] {
    return this.#look.channels;
  }

  person(user: UserKey): Person | undefined {
    return this.#look.people.get(user);
  }

  markerLine(conversation: ConversationId): Outgoing {
    return this.#markers.line(conversation);
  }

  /** A user's name as they write it. */
  spelt(user: string): string {
    return (
      this.person(userKey(user as Username))?.username ??
      this.services.people.person(user as Username)?.username ??
      user
    );
  }

  isSelf(user: string): boolean {
    return sameUser(user as Username, this.username);
  }

  /** What a conversation is called in IRC. */
  targetOf(conversation: ConversationId): string {
    return targetOf(conversation, this.username, (user) => this.spelt(user));
  }

  /** Whether the client is told what happens there: direct conversations, and channels that are open. */
  shows(conversation: ConversationId): boolean {
    return !conversation.startsWith('#') || this.#look.channels.has(conversation);
  }

  /** Looks who is where now, and tells the difference. */
  refresh(): void {
    if (!this.#arrived || this.session.over) return;
    const after = look(this.services, this.closed);
    const all = changes(this.#look, after, userKey(this.username));
    this.#look = after;
    for (const change of all) this.#tell(change);
  }

  entries(conversation: ConversationId, entries: readonly Entry[], marks: ReadonlyMap<EntryId, string>): void {
    if (!this.shows(conversation)) this.refresh();
    if (!this.shows(conversation)) return;
    for (const entry of entries) {
      if (entry.kind === 'join' || entry.kind === 'leave') this.stirred();
      else this.#entry(entry, marks.get(entry.id));
    }
  }

  typing(conversation: ConversationId, username: Username): void {
    if (!this.shows(conversation) || this.services.people.hides(username)) return;
    const target = conversation.startsWith('#') ? conversation : this.nick;
    this.deliver({ source: sourceOf(username), command: 'TAGMSG', params: [target], tags: { '+typing': 'active' } });
  }

  read(conversation: ConversationId): void {
    if (this.session.caps.has('draft/read-marker') && conversation !== this.#marking)
      this.#markers.changed(conversation);
    // A channel that was joined or left elsewhere is a conversation that comes or goes.
    this.stirred();
  }

  /** However much happens in one turn, it is looked at once. */
  stirred(): void {
    if (this.#stirred) return;
    this.#stirred = true;
    this.session.ports.soon(() => {
      this.#stirred = false;
      try {
        this.refresh();
      } catch (error) {
        this.lost(error);
      }
    });
  }

  lost(error: unknown): void {
    this.session.ports.failed(error, 'an IRC client could not be told what happened');
    this.session.end('The peer cannot read its history right now. Connect again.');
  }

  deliver(...lines: readonly Outgoing[]): void {
    for (const line of lines) this.session.deliver(line);
  }

  #entry(entry: Entry, mark: string | undefined): void {
    const own = this.isSelf(entry.from);
    const expected = own ? this.#expected.find(({ matches }) => matches(entry, mark)) : undefined;
    const lines = (): Outgoing[] => entryLines(this, entry);
    if (!expected) return this.deliver(...lines());
    // Of what a client sends it has its own picture: it is told only where it asked for that, and of what it could not know.
    const echoes = this.session.caps.has('echo-message');
    const isSaid = entry.kind === 'text' || entry.kind === 'reaction';
    if (!isSaid || echoes) expected.call.send(...lines());
    const toSelf = entry.kind === 'text' && this.targetOf(entry.conversation) === this.nick;
    if (toSelf) this.deliver(...lines());
  }

  #tell(change: Change): void {
    switch (change.kind) {
      case 'entered': {
        const call = this.#moving.get(change.channel);
        return call ? call.send(...entering(this, change.channel)) : this.deliver(...entering(this, change.channel));
      }
      case 'left': {
        const line = { source: this.source, command: 'PART', params: [change.channel] };
        const call = this.#moving.get(change.channel);
        return call ? call.send(line) : this.deliver(line);
      }
      default:
        return this.deliver(...channelChange(this, change));
    }
  }
}
