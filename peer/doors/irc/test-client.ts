/** Test support: a client of IRC in memory, on a peer in memory. */
import { setImmediate as turn } from 'node:timers/promises';
import { PASSWORD, type TestPeer } from '../../local/test-services.js';
import { OwnHost } from '../own-host.js';
import { Feeds } from './feed.js';
import { LineReader } from './line-reader.js';
import { parseLine, type Incoming } from './wire.js';
import { Population } from './population.js';
import { Session } from './session.js';

export { PASSWORD } from '../../local/test-services.js';

export interface Heard extends Incoming {
  readonly source: string;
  readonly text: string;
}

/** A line of the server in its parts. */
export function heard(text: string): Heard {
  const line = parseLine(text);
  if (!line) throw new Error(`no line of IRC: ${text}`);
  const source = /^(?:@[^ ]+ )?:([^ ]+) /.exec(text)?.[1] ?? '';
  return { ...line, source, text };
}

export class TestClient {
  readonly session: Session;
  readonly #reader = new LineReader();
  readonly failures: unknown[] = [];
  #lines: string[] = [];
  closed = false;
  #marks = 0;

  constructor(
    readonly peer: TestPeer,
    feeds = new Feeds(),
  ) {
    const users = new OwnHost({
      services: peer,
      isToken: (text) => text === 'token',
      attempt: (_address, login) => login(),
    });
    this.session = new Session({
      host: users,
      feeds,
      population: new Population(() => ({ signedIn: 1, strangers: 0 })),
      address: '127.0.0.1',
      serverName: 'irc.parley',
      started: '2026-11-20T06:00:00.000Z',
      now: () => peer.nowMs,
      mark: () => `${peer.me}-${String(Math.random())}-${(this.#marks += 1)}`,
      send: (line) => this.#lines.push(line),
      close: () => (this.closed = true),
      soon: (work) => void setImmediate(work),
      failed: (error) => this.failures.push(error),
    });
  }

  /** What the client sends, as bytes. */
  async bytes(chunk: Buffer | string): Promise<void> {
    for (const line of this.#reader.push(Buffer.from(chunk))) await this.session.receive(line);
  }

  /** Sends lines one after the other. @returns what came since the last time, once the peer has told all of it */
  async send(...lines: readonly string[]): Promise<Heard[]> {
    for (const line of lines) await this.bytes(`${line}\r\n`);
    return this.take();
  }

  /** What has come. */
  async take(): Promise<Heard[]> {
    await turn();
    await turn();
    return this.#lines.splice(0).map(heard);
  }

  /** Signs in, and passes over the welcome. */
  async signIn(caps = ''): Promise<this> {
    if (caps !== '') await this.send('CAP LS 302', `CAP REQ :${caps}`);
    await this.send(
      `PASS ${PASSWORD}`,
      `NICK ${this.peer.me}`,
      'USER u 0 * :Real Name',
      ...(caps === '' ? [] : ['CAP END']),
    );
    if (!this.session.registered) throw new Error('not signed in');
    return this;
  }
}

/** Lines of these commands, as `COMMAND param param`. */
export function told(lines: readonly Heard[], ...commands: readonly string[]): string[] {
  const wanted = lines.filter(({ command }) => commands.length === 0 || commands.includes(command));
  return wanted.map(({ command, params }) => [command, ...params].join(' '));
}
