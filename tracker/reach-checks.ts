/**
 * Whether a device can be dialled where the tracker sees it (SPEC.md section 2). Bounded so that nobody can use the tracker to look at
 * others: only the caller's own address, no port of a service, few at once, and nothing is sent there but a TLS greeting.
 */
import { BlockList, connect, isIPv6 } from 'node:net';
import { connect as connectTls } from 'node:tls';
import { ParleyError } from '../protocol/errors.js';
import type { DeviceId } from '../protocol/ids.js';
import { ALPN } from '../protocol/limits.js';
import { CHECK_MS, type CheckCode, type CheckedPort } from '../protocol/reach.js';
import { serverNameOf } from '../protocol/server-name.js';
import { holderOf } from './certificate-holder.js';
import type { Clock } from './clock.js';

export interface ReachChecksOptions {
  /** The certificate of the CA, PEM. */
  readonly ca: string;
  readonly clock: Clock;
  /** Calls at once: of all, of one account, from one address. */
  readonly max?: number;
  readonly maxUser?: number;
  readonly maxAddress?: number;
  /** For all ports of one call. */
  readonly timeoutMs?: number;
}

const MAX = 32;
/** Nobody uses up the places of the others: somebody's devices, or those behind one router, have a share of them. */
const MAX_USER = 4;
const MAX_ADDRESS = 8;

/** Nobody else can be there: this machine, this network without a router, several machines at once. */
const NOBODYS = new BlockList();
for (const [network, bits] of [
  ['0.0.0.0', 8],
  ['127.0.0.0', 8],
  ['169.254.0.0', 16],
  ['224.0.0.0', 3],
] as const)
  NOBODYS.addSubnet(network, bits, 'ipv4');
for (const [network, bits] of [
  ['::', 127],
  ['fe80::', 10],
  ['ff00::', 8],
] as const)
  NOBODYS.addSubnet(network, bits, 'ipv6');

export class ReachChecks {
  readonly #running = new Map<string, number>();

  constructor(private readonly options: ReachChecksOptions) {}

  /**
   * Dials each port at `host`, where the caller is seen, and looks whose certificate answers.
   * @param user the caller's account
   * @throws ParleyError bad_request for an address at which no other machine is; unavailable when too many are under way
   */
  async check(host: string, user: string, device: DeviceId, ports: readonly number[]): Promise<CheckedPort[]> {
    if (NOBODYS.check(host, isIPv6(host) ? 'ipv6' : 'ipv4')) {
      const why = `The tracker sees this peer at ${host}, where others cannot dial. Check from another machine.`;
      throw new ParleyError('bad_request', why);
    }
    const { max = MAX, maxUser = MAX_USER, maxAddress = MAX_ADDRESS } = this.options;
    const shares = [['all', max] as const, [`user ${user}`, maxUser] as const, [`at ${host}`, maxAddress] as const];
    if (shares.some(([of, most]) => (this.#running.get(of) ?? 0) >= most)) throw new ParleyError('unavailable');
    for (const [of] of shares) this.#count(of, 1);
    try {
      return await Promise.all(ports.map((port) => this.#look(host, device, port)));
    } finally {
      for (const [of] of shares) this.#count(of, -1);
    }
  }

  #count(of: string, change: 1 | -1): void {
    const count = (this.#running.get(of) ?? 0) + change;
    if (count === 0) this.#running.delete(of);
    else this.#running.set(of, count);
  }

  async #look(host: string, device: DeviceId, port: number): Promise<CheckedPort> {
    const { clock, ca, timeoutMs = CHECK_MS } = this.options;
    const since = performance.now();
    const { code, certificate } = await greet({ host, port, device, clock, timeoutMs });
    const ms = Math.round(performance.now() - since);
    if (code !== undefined) return { port, open: false, code, ms };
    const holder = certificate === undefined ? undefined : holderOf(certificate, ca, clock.now());
    if (!holder) return { port, open: false, code: 'not_a_peer', ms };
    return holder.device === device ? { port, open: true, ms } : { port, open: false, code: 'another_device', ms };
  }
}

interface Greeting {
  readonly host: string;
  readonly port: number;
  readonly device: DeviceId;
  readonly clock: Clock;
  readonly timeoutMs: number;
}

/** What answers a TLS greeting for that device: a certificate (PEM) whose key it has shown, or why there is none. */
function greet({
  host,
  port,
  device,
  clock,
  timeoutMs,
}: Greeting): Promise<{ code?: CheckCode; certificate?: string }> {
  return new Promise((resolve) => {
    const socket = connect({ host, port });
    let isConnected = false;
    const end = (outcome: { code?: CheckCode; certificate?: string }): void => {
      cancel();
      tls.destroy();
      socket.destroy();
      resolve(outcome);
    };
    // The first one counts; later errors of both sockets end here as well, for one that nobody hears would end the process.
    const failed = (error: NodeJS.ErrnoException): void => end({ code: isConnected ? 'not_a_peer' : codeOf(error) });
    const cancel = clock.after(timeoutMs, () => end({ code: isConnected ? 'not_a_peer' : 'silent' }));
    socket.on('error', failed).once('connect', () => (isConnected = true));
    const tls = connectTls({
      socket,
      servername: serverNameOf(device),
      ALPNProtocols: [ALPN],
      minVersion: 'TLSv1.3',
      // Whose certificate it is, the caller judges.
      rejectUnauthorized: false,
      checkServerIdentity: () => undefined,
    });
    tls.on('error', failed).once('close', () => end({ code: isConnected ? 'not_a_peer' : 'refused' }));
    tls.once('secureConnect', () => {
      const certificate = tls.alpnProtocol === ALPN ? tls.getPeerX509Certificate() : undefined;
      end(certificate ? { certificate: certificate.toString() } : { code: 'not_a_peer' });
    });
  });
}

function codeOf({ code }: NodeJS.ErrnoException): CheckCode {
  if (code === 'ECONNREFUSED' || code === 'ECONNRESET') return 'refused';
  return code === 'ETIMEDOUT' ? 'silent' : 'unreachable';
}
