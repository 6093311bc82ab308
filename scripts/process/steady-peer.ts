/** The daemon of one data directory, through its restarts: it is found anew by the file that it writes, and connected to again. */
import { setTimeout as pause } from 'node:timers/promises';
import { readProgramKey } from '../../peer/local/program-key.js';
import type { CommandArguments, CommandName, CommandResults } from '../../protocol/local-api.js';
import { gone, PeerSocket, type PeerEvent } from './peer-socket.js';

/** A file has to be read and a port of this machine to be asked: that costs little. */
const RETRY_MS = 300;

export interface Heard {
  /** A connection, before its snapshot is heard. */
  readonly up?: () => void;
  readonly event?: (event: PeerEvent) => void;
  /** It has ended; the next one is looked for. */
  readonly down?: () => void;
}

export class SteadyPeer {
  private readonly stop = new AbortController();
  private current: Promise<PeerSocket>;

  private constructor(
    private readonly dataDir: string,
    private readonly heard: Heard,
    first: PeerSocket,
  ) {
    this.current = Promise.resolve(first);
    void this.keep(first);
  }

  /** @throws (rejects with) ParleyError unavailable when it does not run now */
  static async open(dataDir: string, heard: Heard = {}): Promise<SteadyPeer> {
    return new SteadyPeer(dataDir, heard, await connect(dataDir, heard));
  }

  /**
   * The connection that there is, or the next one.
   * @throws (rejects with) ParleyError unavailable when it has been away for `withinMs`, and once this is closed
   */
  async socket(withinMs?: number): Promise<PeerSocket> {
    if (withinMs === undefined) return this.current;
    const late = new AbortController();
    const over = pause(withinMs, undefined, { signal: late.signal }).then(
      () => Promise.reject(gone()),
      () => this.current,
    );
    return Promise.race([this.current, over]).finally(() => late.abort());
  }

  /**
   * As one connection, for what may be asked twice: where the daemon ends before it has answered, the next one is asked.
   * Rejects as `socket`, and with what the daemon answers.
   */
  asking(withinMs?: number): Pick<PeerSocket, 'run'> {
    return { run: (command, args) => this.ask(command, args, withinMs) };
  }

  async close(): Promise<void> {
    this.stop.abort();
    (await this.current.catch(() => undefined))?.close();
  }

  private async ask<Name extends CommandName>(
    command: Name,
    args: CommandArguments<Name>,
    withinMs: number | undefined,
  ): Promise<CommandResults[Name]> {
    for (;;) {
      const socket = await this.socket(withinMs);
      try {
        return await socket.run(command, args);
      } catch (error) {
        if (socket.isOpen || this.stop.signal.aborted) throw error;
        await socket.closed;
      }
    }
  }

  private async keep(first: PeerSocket): Promise<void> {
    for (let socket: PeerSocket | undefined = first; socket;) {
      await socket.closed;
      if (this.stop.signal.aborted) return;
      this.current = this.next();
      // Who waits is told; nobody may.
      this.current.catch(() => undefined);
      this.heard.down?.();
      socket = await this.current.catch(() => undefined);
    }
  }

  private async next(): Promise<PeerSocket> {
    for (;;) {
      await pause(RETRY_MS, undefined, { signal: this.stop.signal }).catch(() => Promise.reject(gone()));
      const socket = await connect(this.dataDir, this.heard).catch(() => undefined);
      if (socket) return socket;
    }
  }
}

async function connect(dataDir: string, heard: Heard): Promise<PeerSocket> {
  const socket = await PeerSocket.open(await readProgramKey(dataDir), (event) => heard.event?.(event));
  heard.up?.();
  return socket;
}
