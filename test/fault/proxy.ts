/** A network between two peers that can be made as bad as wanted: a TCP proxy that delays, cuts up, holds and breaks. */
import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { once } from 'node:events';

export class BadNetwork {
  /** One way, milliseconds. */
  delayMs = 0;
  /** Bytes of one piece: what is sent in one write arrives in many. */
  pieceBytes = Infinity;
  readonly #pairs = new Set<readonly [Socket, Socket]>();
  #held = false;
  /** Connections that were ever taken. */
  taken = 0;

  private constructor(
    private readonly server: Server,
    private readonly target: { host: string; port: number },
  ) {
    server.on('connection', (near) => this.#take(near));
  }

  static async to(target: { host: string; port: number }): Promise<BadNetwork> {
    const server = createServer({ noDelay: true });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    return new BadNetwork(server, target);
  }

  get port(): number {
    return (this.server.address() as AddressInfo).port;
  }

  /** Everything that runs through it ends at once, in whatever state it is. */
  cut(): void {
    for (const pair of this.#pairs) for (const socket of pair) socket.resetAndDestroy();
    this.#pairs.clear();
  }

  /** Nothing arrives any more, and nobody is told: a cable that was pulled. */
  hold(): void {
    this.#held = true;
    for (const pair of this.#pairs) for (const socket of pair) socket.pause();
  }

  /** What was held is gone; new connections work. */
  release(): void {
    this.#held = false;
    this.cut();
  }

  async close(): Promise<void> {
    this.cut();
    this.server.close();
    await once(this.server, 'close');
  }

  #take(near: Socket): void {
    this.taken++;
    const far = connect({ ...this.target, noDelay: true });
    const pair = [near, far] as const;
    this.#pairs.add(pair);
    for (const [from, to] of [pair, [far, near]] as const) {
      from.on('data', (data) => this.#carry(to, data));
      from.on('error', () => undefined);
      from.on('close', () => {
        this.#pairs.delete(pair);
        // What is on its way still arrives.
        setTimeout(() => to.destroy(), this.delayMs);
      });
      if (this.#held) from.pause();
    }
  }

  #carry(to: Socket, data: Buffer): void {
    setTimeout(() => {
      for (let at = 0; at < data.length; at += this.pieceBytes) {
        if (!to.destroyed) to.write(data.subarray(at, Math.min(data.length, at + this.pieceBytes)));
      }
    }, this.delayMs);
  }
}
