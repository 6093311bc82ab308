/** The daemon that runs for a profile, as a program of the same user speaks with it: over HTTP and its WebSocket. */
import { request, type IncomingMessage } from 'node:http';
import { pipeline } from 'node:stream/promises';
import type { Readable } from 'node:stream';
import { ParleyError } from '../../protocol/errors.js';
import type { CommandArguments, CommandName, CommandResults } from '../../protocol/local-api.js';
import { readProgramKey, type ProgramKey } from '../../peer/local/program-key.js';
import { calledAs } from './called-as.js';
import { failure, gone, PeerSocket, type PeerEvent } from './peer-socket.js';
import type { KnownProfile, ProfileFlags } from './profile-choice.js';

const ignore = (): void => undefined;
const quiet = { debug: ignore, info: ignore, warn: ignore, error: ignore };

/** Whose daemon is meant. @throws (rejects with) ParleyError unavailable where nobody's is set up, bad_request where it is unclear */
export async function profileOf(flags: ProfileFlags): Promise<KnownProfile> {
  const { chooseProfile } = await import('./profile-choice.js');
  const profile = await chooseProfile(flags, quiet);
  if (!('username' in profile))
    throw new ParleyError('unavailable', `Parley is not set up yet. Start ${calledAs()} peer.`);
  return profile;
}

/**
 * The conversation that a person means: `#general`, `bob` or `@bob`, or an id.
 * @param join a channel that they are not in is joined
 * @throws (rejects with) unknown_user, bad_channel, …
 */
export async function conversationOf(peer: Pick<PeerSocket, 'run'>, text: string, join = false): Promise<string> {
  if (join && text.startsWith('#')) return (await peer.run('channel.join', { channel: text })).conversation;
  if (text.startsWith('#') || /^@.*[+]/.test(text)) return text;
  return (await peer.run('conversation.open', { username: text })).conversation;
}

export class RunningPeer {
  /** Told of each event, once there was a command. */
  heard: (event: PeerEvent) => void = ignore;
  private socket: Promise<PeerSocket> | undefined;

  private constructor(private readonly key: ProgramKey) {}

  /** @throws ParleyError unavailable when it does not run, bad_request when it is unclear which one is meant */
  static async find(flags: ProfileFlags): Promise<RunningPeer> {
    const { dataDir } = await profileOf(flags);
    return new RunningPeer(await readProgramKey(dataDir));
  }

  /** What other programs of this user prove themselves with; it counts as long as this daemon lives. */
  get token(): string {
    return this.key.token;
  }

  /** @throws (rejects with) what the daemon answers */
  async run<Name extends CommandName>(command: Name, args: CommandArguments<Name>): Promise<CommandResults[Name]> {
    const socket = await (this.socket ??= PeerSocket.open(this.key, (event) => this.heard(event)));
    return socket.run(command, args);
  }

  /** @param bytes how long the body is. @throws (rejects with) what the daemon answers */
  async send(path: string, body: Readable, bytes: number): Promise<unknown> {
    const sending = request(new URL(path, this.key.url), {
      method: 'POST',
      headers: { ...this.headers(), 'content-type': 'application/octet-stream', 'content-length': bytes },
    });
    const answered = answerOf(sending);
    // Where the daemon refuses, its answer says why.
    const sent = pipeline(body, sending).catch((error: unknown) => error);
    const answer = await answered;
    const text = JSON.parse(await textOf(answer)) as { code?: string; message?: string };
    if (answer.statusCode === 201 && (await sent) === undefined) return text;
    throw failure(text.code, text.message);
  }

  /** @throws (rejects with) what the daemon answers */
  async get(path: string): Promise<IncomingMessage> {
    const asking = request(new URL(path, this.key.url), { headers: this.headers() });
    const answered = answerOf(asking);
    asking.end();
    const answer = await answered;
    if (answer.statusCode === 200) return answer;
    const { code, message } = JSON.parse(await textOf(answer)) as { code?: string; message?: string };
    throw failure(code, message);
  }

  /** @returns the status. @throws (rejects with) unavailable */
  async head(path: string): Promise<number | undefined> {
    const asking = request(new URL(path, this.key.url), { method: 'HEAD', headers: this.headers() });
    const answered = answerOf(asking);
    asking.end();
    const answer = await answered;
    answer.resume();
    return answer.statusCode;
  }

  async close(): Promise<void> {
    (await this.socket?.catch(() => undefined))?.close();
  }

  private headers(): Record<string, string> {
    return { authorization: `Bearer ${this.key.token}` };
  }
}

function answerOf(asking: ReturnType<typeof request>): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    asking.once('response', resolve);
    asking.on('error', () => reject(gone()));
  });
}

async function textOf(answer: IncomingMessage): Promise<string> {
  const { text } = await import('node:stream/consumers');
  return text(answer);
}
