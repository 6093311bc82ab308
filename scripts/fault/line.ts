/** A line between two peers whose bytes are counted, and that may be slow: a TCP proxy which holds nearly nothing itself. */
import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';

export interface LineOptions {
  /** Each way, for all connections together. Bytes a second; absent: as fast as it goes. */
  readonly speed?: number;
}

export class Line {
  /** Bytes that the target has sent, and that were carried. */
  carried = 0;
  readonly #sockets = new Set<Socket>();
  #waiting: { readonly from: number; readonly go: () => void }[] = [];
  /** Beyond so many bytes nothing more of the target's is read. */
  #holdAt = Infinity;
  readonly #held = new Set<() => void>();
  /** When what was carried so far has gone by, at that speed. Milliseconds, as `performance.now()`. */
  #goneBy = new Map<'out' | 'in', number>();

  private constructor(
    private readonly server: Server,
    private readonly target: { readonly host: string; readonly port: number },
    private readonly options: LineOptions,
  ) {
    server.on('connection', (near) => this.#take(near));
  }

  static async to(target: { readonly host: string; readonly port: number }, options: LineOptions = {}): Promise<Line> {
    const server = createServer({ noDelay: true });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    return new Line(server, target, options);
  }

  get port(): number {
    return (this.server.address() as AddressInfo).port;
  }

  /** Calls at once when so many bytes have been carried, in the turn in which they were. */
  reached(bytes: number): Promise<void> {
    if (this.carried >= bytes) return Promise.resolve();
    return new Promise((go) => this.#waiting.push({ from: bytes, go }));
  }

  /**
   * Once so many bytes have been carried, nothing more is, but the one read of each connection that is under way (64 KiB): what is at
   * the other end has not seen more, however fast it is and however long somebody looks at it. Not given: holds nothing.
   */
  holdAt(bytes = Infinity): void {
    this.#holdAt = bytes;
    if (this.carried >= bytes) return;
    for (const go of this.#held) go();
    this.#held.clear();
  }

  async close(): Promise<void> {
    for (const socket of this.#sockets) socket.destroy();
    this.server.close();
    await once(this.server, 'close');
  }

  #take(near: Socket): void {
    const far = connect({ ...this.target, noDelay: true });
    this.#carry(near, far, 'out');
    this.#carry(far, near, 'in');
  }

  #carry(from: Socket, to: Socket, way: 'out' | 'in'): void {
    this.#sockets.add(from);
    from.on('error', () => undefined);
    from.on('close', () => {
      this.#sockets.delete(from);
      // What is on its way still arrives.
      to.end();
    });
    from.on('data', (data) => {
      if (to.destroyed) return;
      const isTaken = to.write(data);
      const wait = this.#wait(way, data.length);
      this.#count(way, data.length);
      const isHeld = way === 'in' && this.carried >= this.#holdAt;
      if (isTaken && wait <= 0 && !isHeld) return;
      from.pause();
      const drained = isTaken ? Promise.resolve() : once(to, 'drain').catch(() => undefined);
      const passed = new Promise((go) => setTimeout(go, Math.max(0, wait)));
      const released = isHeld ? new Promise<void>((go) => this.#held.add(go)) : Promise.resolve();
      void Promise.all([drained, passed, released]).then(() => from.resume());
    });
  }

  #count(way: 'out' | 'in', bytes: number): void {
    if (way === 'out') return;
    this.carried += bytes;
    const due = this.#waiting.filter(({ from }) => from <= this.carried);
    this.#waiting = this.#waiting.filter(({ from }) => from > this.carried);
    for (const { go } of due) go();
  }

  /** Milliseconds until more may be carried. */
  #wait(way: 'out' | 'in', bytes: number): number {
    const { speed } = this.options;
    if (speed === undefined) return 0;
    const now = performance.now();
    const goneBy = Math.max(this.#goneBy.get(way) ?? 0, now) + (bytes * 1_000) / speed;
    this.#goneBy.set(way, goneBy);
    return goneBy - now;
  }
}
