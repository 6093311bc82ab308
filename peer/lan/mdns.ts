/**
 * Multicast DNS on one interface: bonjour-service answers for us; what others say is read here, since its own browser keeps
 * what it hears without bound. Whoever is on the network can send anything: packets pass a guard before any library sees them.
 */
import { createSocket, type Socket } from 'node:dgram';
import type { EventEmitter } from 'node:events';
import type { Bonjour as BonjourType } from 'bonjour-service';
import type { DeviceId } from '../../protocol/ids.js';
import { announcements, SERVICE, SERVICE_DOMAIN, SERVICE_LABEL, txtOf, type Announcement } from './announcement.js';

export interface MdnsOptions {
  /** The IPv4 address of the interface. */
  readonly address: string;
  readonly port: number;
  readonly device: DeviceId;
  /** Fingerprint of the CA. */
  readonly ca: string;
  /** `host`: where the packet came from, whatever it says of itself. */
  readonly heard: (announcement: Announcement, host: string) => void;
  readonly failed: (error: unknown) => void;
  readonly now: () => number;
}

export interface Mdns {
  /** Asks who is there. */
  query(): void;
  /** Says goodbye; resolves when the socket is closed. */
  close(): Promise<void>;
}

/** Ours have some 400 bytes. */
const PACKET_MAX = 2_048;
/** Packets a second that are for us; a network of a thousand peers is heard over some seconds. */
const PACKETS_PER_S = 200;
const GOODBYE_MS = 250;

/** What the library has and its types do not show. */
interface Inside {
  readonly server: { readonly mdns: EventEmitter & { query(name: string, type: 'PTR'): void } };
}

export function openMdns(library: { Bonjour: typeof BonjourType }, options: MdnsOptions): Mdns {
  const { address, port, device, ca, heard, failed, now } = options;
  const socket = guarded(createSocket({ type: 'udp4', reuseAddr: true }), failed, now);
  // Without a default route it must be told the interface, and must not bind to its address, where no multicast comes.
  const config = { socket, interface: address, bind: '0.0.0.0' } as object;
  const bonjour = new library.Bonjour(config, failed);
  const { mdns } = (bonjour as unknown as Inside).server;
  // Nobody else hears these: an error that is not heard would end the process.
  mdns.on('error', failed);
  mdns.on('warning', failed);
  mdns.on('response', (packet: unknown, from: { address: string }) => {
    for (const announcement of announcements(packet, ca)) heard(announcement, from.address);
  });
  // The host's own name may be that of a person.
  const host = `${device}.local`;
  bonjour.publish({ name: device, type: SERVICE, port, host, txt: txtOf(device, ca), probe: false, disableIPv6: true });
  return {
    query: () => mdns.query(SERVICE_DOMAIN, 'PTR'),
    close: () =>
      new Promise((resolve) => {
        let closed = false;
        const close = (): void => {
          if (closed) return;
          closed = true;
          clearTimeout(timer);
          try {
            bonjour.destroy(() => resolve());
          } catch {
            resolve(); // It never opened.
          }
        };
        const timer = setTimeout(close, GOODBYE_MS);
        bonjour.unpublishAll(close);
      }),
  };
}

/** Lets through what is short, for us, and not too much; catches what a library throws over it. */
function guarded(socket: Socket, failed: (error: unknown) => void, now: () => number): Socket {
  const emit = socket.emit.bind(socket) as (event: string | symbol, ...args: unknown[]) => boolean;
  let [second, packets] = [0, 0];
  const admit = (message: unknown): boolean => {
    if (!Buffer.isBuffer(message) || message.length > PACKET_MAX || !message.includes(SERVICE_LABEL)) return false;
    const current = Math.floor(now() / 1000);
    if (current !== second) [second, packets] = [current, 0];
    return ++packets <= PACKETS_PER_S;
  };
  socket.emit = (event: string | symbol, ...args: unknown[]): boolean => {
    if (event === 'message' && !admit(args[0])) return false;
    try {
      return emit(event, ...args);
    } catch (error) {
      failed(error);
      return false;
    }
  };
  return socket;
}
