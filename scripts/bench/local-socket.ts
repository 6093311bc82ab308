/** A browser's socket to its peer, and who that peer is linked to. */
import { WebSocket } from 'ws';
import type { CommandResult, LocalEvent, PersonView, Snapshot } from '../../protocol/local-api.js';
import type { PeerReady } from '../daemon/daemon.js';
import { openSocket, type OpenSocket } from './socket.js';

export type Frame = CommandResult | LocalEvent | Snapshot;

const LINKED_WITHIN_MS = 30_000;

export class LocalSocket {
  readonly #linked = new Set<string>();
  readonly #waiting = new Map<number, (result: CommandResult) => void>();
  #changed: (() => void) | undefined;

  private constructor(
    readonly socket: WebSocket,
    /** Resolves when it is open. */
    readonly opened: Promise<OpenSocket>,
  ) {
    // From the first frame on: a link may be made while another socket is still being opened.
    socket.on('message', this.#listen);
  }

  /** As the browser does it: the one-time link gives the cookie, the socket brings it. */
  static async signIn({ ui, login }: PeerReady): Promise<LocalSocket> {
    const answer = await fetch(login, { redirect: 'manual' });
    const cookie = answer.headers.getSetCookie().map((header) => header.split(';')[0]);
    if (cookie.length === 0) throw new Error(`the one-time link gave no cookie: ${answer.status}`);
    const { host, origin } = new URL(ui);
    const headers = { cookie: cookie.join('; '), origin };
    const socket = new WebSocket(`ws://${host}/ws`, { headers, perMessageDeflate: false });
    const local = new LocalSocket(socket, openSocket(socket));
    await local.opened;
    return local;
  }

  /** Until `linkedTo` was awaited. Rejects with what the command is refused with. */
  run(command: object): Promise<CommandResult> {
    const id = this.#waiting.size + 1;
    return new Promise((resolve, reject) => {
      this.#waiting.set(id, (result) => (result.ok ? resolve(result) : reject(new Error(result.message))));
      this.socket.send(JSON.stringify({ id, ...command }));
    });
  }

  /** Resolves once the peer is linked to that user; from then on nothing more is read here. */
  async linkedTo(username: string): Promise<void> {
    await new Promise<void>((resolve, reject) => {
      const timer = setTimeout(() => reject(new Error(`${username} was not linked in time`)), LINKED_WITHIN_MS);
      this.#changed = () => {
        if (!this.#linked.has(username)) return;
        clearTimeout(timer);
        resolve();
      };
      this.#changed();
    });
    this.socket.off('message', this.#listen);
  }

  readonly #listen = (data: Buffer): void => {
    const frame = JSON.parse(data.toString()) as Frame;
    if (frame.type === 'snapshot') frame.people.forEach((person) => this.#note(person));
    if (frame.type === 'person') this.#note(frame.person);
    if (frame.type === 'result') this.#waiting.get(frame.id)?.(frame);
    this.#changed?.();
  };

  #note({ username, link }: PersonView): void {
    if (link === 'linked') this.#linked.add(username);
    else this.#linked.delete(username);
  }
}
