/** Connections for files between simulated devices: who dials whom, and what becomes of them when a process ends. */
import type { TLSSocket } from 'node:tls';
import type { FileConnection } from '../../../peer/link/types.js';
import { LINK_LIMITS } from '../../../peer/link/types.js';
import { ParleyError } from '../../../protocol/errors.js';
import type { DeviceId } from '../../../protocol/ids.js';
import type { Address } from '../../../protocol/tracker-api.js';
import type { Network, NetworkHost } from '../network.js';
import { FileSocket, type SocketWorld } from './file-socket.js';

/** A process that takes connections for files. */
export interface FileHost extends NetworkHost {
  /** Of those that are open. */
  readonly fileSockets: Set<FileSocket>;
  /** Undefined while it takes none. */
  readonly acceptFiles: ((connection: FileConnection) => void) | undefined;
}

export type FileNetworkWorld = Omit<SocketWorld, 'blocked'> & { readonly network: Network };

export class FileNetwork {
  private readonly world: SocketWorld & { readonly network: Network };

  constructor(world: FileNetworkWorld) {
    const { schedule, random, network } = world;
    this.world = {
      ...{ schedule, random, network },
      blocked: (from, to) => network.blocked(from, to),
      unsettled: () => world.unsettled(),
      wrote: (socket, bytes) => world.wrote(socket, bytes),
    };
  }

  dial(host: FileHost, { host: name, port, device }: Address & { device: DeviceId }): Promise<FileConnection> {
    const { schedule, random, network } = this.world;
    const { life } = host;
    return new Promise((resolve, reject) => {
      const fail = (ms: number): void => {
        schedule.after(ms, () => {
          if (host.life !== life) return;
          this.world.unsettled();
          reject(new ParleyError('unavailable'));
        });
      };
      const latency = random.chance(0.1) ? random.between(50, 300) : random.between(1, 40);
      const listener = network.at({ host: name, port });
      if (!listener || !isFileHost(listener) || listener.device !== device) return fail(2 * latency);
      if (this.isCut(host, listener)) return fail(LINK_LIMITS.handshakeMs);
      const theirs = listener.life;
      schedule.after(3 * latency, () => {
        if (this.isCut(host, listener)) return fail(LINK_LIMITS.handshakeMs);
        const { acceptFiles } = listener;
        if (listener.life !== theirs || !acceptFiles || network.refused(host, listener)) return fail(latency);
        const [near, far] = this.pair(host, listener, latency);
        acceptFiles(connection(far, host, false));
        schedule.after(latency, () => {
          this.world.unsettled();
          if (host.life === life && host.running && !near.destroyed) resolve(connection(near, listener, true));
          else near.destroy();
        });
      });
    });
  }

  /** The process at this end is gone. @param silently its machine lost its power: nobody says so */
  ended(host: FileHost, silently: boolean): void {
    for (const socket of host.fileSockets) {
      socket.removeAllListeners();
      socket.lose();
      if (!silently) socket.end();
    }
    host.fileSockets.clear();
  }

  private pair(host: FileHost, listener: FileHost, latency: number): [FileSocket, FileSocket] {
    const [near, far] = [new FileSocket(this.world, host, latency), new FileSocket(this.world, listener, latency)];
    near.other = far;
    far.other = near;
    for (const socket of [near, far]) {
      const { fileSockets } = socket === near ? host : listener;
      fileSockets.add(socket);
      socket.once('close', () => fileSockets.delete(socket));
    }
    return [near, far];
  }

  private isCut(a: FileHost, b: FileHost): boolean {
    return this.world.blocked(a, b) || this.world.blocked(b, a);
  }
}

/** The real file link needs no more of its socket than this one has. */
function connection(socket: FileSocket, { username, device, certificate }: FileHost, dialled: boolean): FileConnection {
  return { remote: { username, device, certificate }, dialled, socket: socket as unknown as TLSSocket };
}

function isFileHost(host: NetworkHost): host is FileHost {
  return 'fileSockets' in host;
}
