import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';

/** Test support: a TCP path to a port, which can be cut or fall silent. */
export class Cable {
  frozen = false;
  readonly #ends = new Set<Socket>();

  private constructor(
    readonly server: Server,
    readonly url: string,
  ) {}

  static async to(port: number): Promise<Cable> {
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const cable = new Cable(server, `http://127.0.0.1:${(server.address() as AddressInfo).port}`);
    server.on('connection', (near) => cable.#join(near, connect(port, '127.0.0.1')));
    return cable;
  }

  cut(): void {
    for (const end of this.#ends) end.destroy();
    this.#ends.clear();
  }

  async remove(): Promise<void> {
    this.cut();
    await new Promise((resolve) => this.server.close(resolve));
  }

  #join(near: Socket, far: Socket): void {
    for (const [from, to] of [
      [near, far],
      [far, near],
    ] as const) {
      this.#ends.add(from);
      from.on('data', (bytes) => void (this.frozen || to.write(bytes)));
      from.on('error', () => undefined);
      from.on('close', () => void (this.frozen || to.destroy()));
    }
  }
}
