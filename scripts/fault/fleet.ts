/** A tracker and some peers, as real processes in one folder. */
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { PeerReady, TrackerReady } from '../daemon/daemon.js';
import { Restartable } from '../daemon/restartable.js';
import { register } from '../demo/accounts.js';

/** Everybody's. */
export const PASSWORD = 'of no importance';

export interface PeerOptions {
  /** Whose it is, where that is not its name here: a second device. */
  readonly username?: string;
  /** Where its history is; a folder of the fleet's own unless given. */
  readonly dataDir?: string;
  readonly flags?: readonly string[];
  readonly under?: readonly string[];
  /** Where its links listen. */
  readonly host?: string;
}

export class Fleet {
  readonly tracker: Restartable<TrackerReady>;
  readonly peers = new Map<string, Restartable<PeerReady>>();

  constructor(
    private readonly folder: string,
    private readonly program: string,
    /** Where the tracker listens. */
    trackerHost = '127.0.0.1',
    trackerUnder?: readonly string[],
  ) {
    this.tracker = new Restartable<TrackerReady>({
      name: 'tracker',
      program,
      ...(trackerUnder ? { under: trackerUnder } : {}),
      ports: ['--port'],
      args: () => [
        ...['tracker', '--json', '--host', trackerHost, '--data-dir', join(folder, 'tracker')],
        ...['--registration', 'open'],
      ],
    });
  }

  dataDir(username: string): string {
    return join(this.folder, username);
  }

  /** Registers the user and starts the peer. The tracker must run. */
  async addPeer(name: string, options: PeerOptions = {}): Promise<Restartable<PeerReady>> {
    const { username = name, dataDir = this.dataDir(name), flags = [], under, host = '127.0.0.1' } = options;
    if (username === name) await register(this.tracker.ready.url, { username, password: PASSWORD });
    const machine = new Restartable<PeerReady>({
      name,
      program: this.program,
      ports: ['--peer-port', '--ui-port'],
      args: () => [
        ...['peer', '--json', '--username', username, '--host', host],
        ...['--data-dir', dataDir, '--tracker', this.tracker.ready.url, ...flags],
      ],
      env: { PARLEY_PASSWORD: PASSWORD },
      ...(under ? { under } : {}),
    });
    this.peers.set(name, machine);
    await machine.start();
    return machine;
  }

  peer(username: string): Restartable<PeerReady> {
    const machine = this.peers.get(username);
    if (!machine) throw new Error(`there is no peer ${username}`);
    return machine;
  }

  /** Stops everything; the logs are kept in `logs` where one is given. */
  async close(logs?: string): Promise<void> {
    const all = [...this.peers.values(), this.tracker];
    await Promise.all(all.map((machine) => machine.stop()));
    if (logs === undefined) return;
    await mkdir(logs, { recursive: true });
    for (const { name, log } of all) await writeFile(join(logs, `${name}.log`), `${log.join('\n')}\n`);
  }
}
