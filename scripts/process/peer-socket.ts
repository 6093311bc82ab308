/** One WebSocket to a daemon of the same user: commands with their answers, and the events. It ends with its connection. */
import { WebSocket } from 'ws';
import { ParleyError, isErrorCode } from '../../protocol/errors.js';
import type {
  CommandArguments,
  CommandName,
  CommandResult,
  CommandResults,
  LocalEvent,
  SignedOut,
  Snapshot,
} from '../../protocol/local-api.js';

/** The first is a snapshot. */
export type PeerEvent = LocalEvent | Snapshot;

export class PeerSocket {
  readonly closed: Promise<void>;
  private readonly waiting = new Map<number, (result: CommandResult | undefined) => void>();
  private last = 0;

  private constructor(
    private readonly socket: WebSocket,
    heard: (event: PeerEvent) => void,
  ) {
    socket.on('message', (data: Buffer) => {
      const frame = JSON.parse(data.toString()) as PeerEvent | CommandResult | SignedOut | { type: 'error' };
      if (frame.type === 'result') this.take(frame);
      else if (frame.type !== 'error' && frame.type !== 'signed_out') heard(frame);
    });
    // `close` comes after it.
    socket.on('error', () => undefined);
    this.closed = new Promise((resolve) => socket.once('close', () => resolve()));
    void this.closed.then(() => {
      for (const end of this.waiting.values()) end(undefined);
      this.waiting.clear();
    });
  }

  /** @throws (rejects with) ParleyError unavailable where nobody answers */
  static async open(
    key: { readonly url: string; readonly token: string },
    heard: (event: PeerEvent) => void,
  ): Promise<PeerSocket> {
    const url = new URL('ws', key.url);
    url.protocol = 'ws:';
    const socket = new WebSocket(url, { headers: { authorization: `Bearer ${key.token}` } });
    const peer = new PeerSocket(socket, heard);
    const opened = new Promise<boolean>((resolve) => socket.once('open', () => resolve(true)));
    if (await Promise.race([opened, peer.closed.then(() => false)])) return peer;
    throw gone();
  }

  /** @throws (rejects with) what the daemon answers; unavailable when it ends before: then nobody knows whether it was done */
  async run<Name extends CommandName>(command: Name, args: CommandArguments<Name>): Promise<CommandResults[Name]> {
    const id = ++this.last;
    const result = await new Promise<CommandResult | undefined>((resolve) => {
      if (!this.isOpen) return resolve(undefined);
      this.waiting.set(id, resolve);
      this.socket.send(JSON.stringify({ id, command, ...args }));
    });
    if (!result) throw gone();
    if (result.ok) return result as unknown as CommandResults[Name];
    throw failure(result.code, result.message);
  }

  /** Whether it can still be asked something. */
  get isOpen(): boolean {
    return this.socket.readyState === this.socket.OPEN;
  }

  /** Reads no more for now: the daemon keeps what comes, up to its bound. */
  pause(paused: boolean): void {
    if (paused) this.socket.pause();
    else this.socket.resume();
  }

  close(): void {
    this.socket.close();
  }

  private take(result: CommandResult): void {
    this.waiting.get(result.id)?.(result);
    this.waiting.delete(result.id);
  }
}

export function gone(): ParleyError {
  return new ParleyError('unavailable', 'The peer does not answer. See that it runs, then try again.');
}

export function failure(code = 'internal', message?: string): ParleyError {
  return new ParleyError(isErrorCode(code) ? code : 'internal', message);
}
