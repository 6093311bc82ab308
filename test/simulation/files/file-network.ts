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

/** What a connection goes over. */
type Way = SocketWorld & { readonly network: Network };

export class FileNetwork {
  private readonly direct: Way;
  private readonly relayed: Way;

  constructor(world: FileNetworkWorld) {
    const { schedule, random, network } = world;
    const way = {
      ...{ schedule, random, network },
      unsettled: () => world.unsettled(),
      wrote: (...written: Parameters<SocketWorld['wrote']>) => world.wrote(...written),
    };
    this.direct = { ...way, blocked: (from, to) => network.blocked(from, to) };
    this.relayed = { ...way, blocked: (from, to) => network.relayBlocked(from, to) };
  }

  dial(host: FileHost, { host: name, port, device }: Address & { device: DeviceId }): Promise<FileConnection> {
    const listener = this.direct.network.at({ host: name, port });
    const isThere = listener?.device === device && listener.isBehindRouter !== true;
    return this.connect(host, isThere ? listener : undefined, this.direct);
  }

  /** Over a circuit on which both are. */
  meet(host: NetworkHost, listener: NetworkHost): Promise<FileConnection> {
    if (!isFileHost(host)) return Promise.reject(new ParleyError('unavailable'));
    return this.connect(host, listener, this.relayed);
  }

  private connect(host: FileHost, listener: NetworkHost | undefined, way: Way): Promise<FileConnection> {
    const { schedule, random, network } = way;
    const { life } = host;
    return new Promise((resolve, reject) => {
      const fail = (ms: number): void => {
        schedule.after(ms, () => {
          if (host.life !== life) return;
          way.unsettled();
          reject(new ParleyError('unavailable'));
        });
      };
      const latency = random.chance(0.1) ? random.between(50, 300) : random.between(1, 40);
      if (!listener || !isFileHost(listener)) return fail(2 * latency);
      if (isCut(way, host, listener)) return fail(LINK_LIMITS.handshakeMs);
      const theirs = listener.life;
      schedule.after(3 * latency, () => {
        if (isCut(way, host, listener)) return fail(LINK_LIMITS.handshakeMs);
        const { acceptFiles } = listener;
        if (listener.life !== theirs || !acceptFiles || network.refused(host, listener)) return fail(latency);
        const [near, far] = this.pair(way, host, listener, latency);
        acceptFiles(connection(far, host, false));
        schedule.after(latency, () => {
          way.unsettled();
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

  private pair(way: Way, host: FileHost, listener: FileHost, latency: number): [FileSocket, FileSocket] {
    const [near, far] = [new FileSocket(way, host, latency), new FileSocket(way, listener, latency)];
    near.other = far;
    far.other = near;
    for (const socket of [near, far]) {
      const { fileSockets } = socket === near ? host : listener;
      fileSockets.add(socket);
      socket.once('close', () => fileSockets.delete(socket));
    }
    return [near, far];
  }
}

function isCut(way: Way, a: FileHost, b: FileHost): boolean {
  return way.blocked(a, b) || way.blocked(b, a);
}

/** The real file link needs no more of its socket than this one has. */
function connection(socket: FileSocket, { username, device, certificate }: FileHost, dialled: boolean): FileConnection {
  return { remote: { username, device, certificate }, dialled, socket: socket as unknown as TLSSocket };
}

function isFileHost(host: NetworkHost): host is FileHost {
  return 'fileSockets' in host;
}
