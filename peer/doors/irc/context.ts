/** What the parts of one client of IRC know of each other. */
import type { Entry } from '../../../protocol/entry.js';
import type { ErrorCode } from '../../../protocol/errors.js';
import type { ConversationId, UserKey, Username } from '../../../protocol/ids.js';
import type { CommandArguments, CommandName, CommandResults } from '../../../protocol/local-api.js';
import type { PeerServices } from '../../services.js';
import type { Host, Seat } from '../host.js';
import type { Capability } from './capabilities.js';
import type { Feeds } from './feed.js';
import type { Numeric } from './numerics.js';
import type { Population } from './population.js';
import type { Look, Person } from './roster.js';
import type { Outgoing } from './wire.js';

export interface SessionPorts {
  readonly host: Host;
  readonly feeds: Feeds;
  readonly population: Population;
  /** Where the client is. */
  readonly address: string;
  /** What the server calls itself: a name with a dot. */
  readonly serverName: string;
  /** When it was started, ISO 8601. */
  readonly started: string;
  /** Milliseconds since 1970. */
  now(): number;
  /** A text that was never used before. */
  mark(): string;
  /** Takes a line without CR LF. */
  send(line: string): void;
  /** Ends the connection once all that was sent is out. */
  close(): void;
  /** Runs it once this turn of the event loop is over. */
  soon(work: () => void): void;
  /** An error that nobody caused but a bug. */
  failed(error: unknown, what: string): void;
}

/** One connection, signed in or not. */
export interface IrcClient {
  readonly ports: SessionPorts;
  readonly caps: Set<Capability>;
  readonly serverName: string;
  /** Whether somebody has signed in. */
  readonly registered: boolean;
  /** Whether it has ended. */
  readonly over: boolean;
  /** The nick that the client has, or wants; `*` before it said one. */
  readonly nick: string;
  /** @throws a bug where nobody has signed in */
  readonly me: Member;
  /** Whether it shows answers and reactions by itself; else they are told as text. */
  readonly showsRelations: boolean;
  /** A text of several lines that the client is about to send. */
  multiline: OpenBatch | undefined;
  /** Sends a line with those of its tags that the client has asked for. */
  deliver(line: Outgoing): void;
  numeric(code: Numeric, ...params: readonly string[]): Outgoing;
  standardReply(
    kind: 'FAIL' | 'NOTE',
    command: string,
    code: string,
    context: readonly string[],
    text: string,
  ): Outgoing;
  notice(text: string): Outgoing;
  /** A new name of a batch. */
  batchRef(): string;
  /** Says why, and closes. */
  end(reason: string): void;
}

/** What has come of a batch of draft/multiline so far. */
export interface OpenBatch {
  readonly ref: string;
  readonly target: string;
  /** Of the line that opened it. */
  readonly call: Asking & { quieten(): void; release(): void };
  readonly replyTo: string | undefined;
  text: string;
  lines: number;
  /** PRIVMSG or NOTICE, as its first line. */
  command: string | undefined;
  /** It was refused: what is left of it goes by. */
  refused: boolean;
}

/** Where answers to a command go. */
export interface Answers {
  send(...lines: readonly Outgoing[]): void;
}

/** A command of a client that has signed in. */
export interface Asking extends Answers {
  readonly session: IrcClient;
  readonly me: Member;
  numeric(code: Numeric, ...params: readonly string[]): void;
  /** @param numerics what to answer for some errors, with the parameters before the text */
  refuse(error: unknown, numerics?: Partial<Record<ErrorCode, readonly [Numeric, ...string[]]>>): void;
}

/** A client that has signed in. */
export interface Member {
  readonly session: IrcClient;
  readonly seat: Seat;
  readonly services: PeerServices;
  readonly username: Username;
  readonly nick: string;
  /** `nick!user@host` */
  readonly source: string;
  /** Channels that nobody can leave, which this client has closed for itself. */
  readonly closed: Set<ConversationId>;
  /** Nicks in lower case → as they were given. */
  readonly monitored: Map<string, string>;
  /** The channels that are open, and who is there. */
  readonly channels: Look['channels'];
  /** MARKREAD of a conversation as it stands. */
  markerLine(conversation: ConversationId): Outgoing;
  person(user: UserKey): Person | undefined;
  /** A user's name as they write it. */
  spelt(user: string): string;
  isSelf(user: string): boolean;
  /** What a conversation is called in IRC. */
  targetOf(conversation: ConversationId): string;
  /** Runs a command of the one table. @throws (rejects with) what it throws */
  run<Name extends CommandName>(name: Name, args: CommandArguments<Name>): Promise<CommandResults[Name]>;
  /** Runs a command that writes; lines about the entry that it writes are answers to the call. */
  expecting<Result>(
    call: Answers,
    matches: (entry: Entry, mark: string | undefined) => boolean,
    work: () => Promise<Result>,
  ): Promise<Result>;
  /** Runs a command that opens or closes a channel, and tells what came of it as an answer to the call. */
  moving(call: Answers, channel: ConversationId, work: () => Promise<unknown>): Promise<void>;
  /** Runs what marks a conversation as read; the client is told of it by its answer. */
  marking(conversation: ConversationId, work: () => Promise<unknown>): Promise<void>;
  deliver(...lines: readonly Outgoing[]): void;
  /** Opens what there is, and listens from now on. */
  arrive(): void;
  leave(): void;
}
