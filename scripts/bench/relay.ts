/** What a circuit costs: TLS between two devices over the relay beside the same over a direct connection, and the relay's memory with 500 circuits. */
import { createPrivateKey, createPublicKey, randomBytes, sign } from 'node:crypto';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { connect as connectTcp, createServer, type AddressInfo } from 'node:net';
import { join } from 'node:path';
import type { Duplex } from 'node:stream';
import { connect as connectTls, TLSSocket } from 'node:tls';
import { CircuitApi } from '../../peer/tracker-client/circuit-api.js';
import type { Ask } from '../../peer/tracker-client/mailbox-api.js';
import { TICKET_LIFE_MS } from '../../protocol/circuit.js';
import type { DeviceId } from '../../protocol/ids.js';
import { makeTicket } from '../../protocol/ticket.js';
import { loadAuthority } from '../../tracker/authority-files.js';
import { systemClock } from '../../tracker/clock.js';
import { Daemon } from '../daemon/daemon.js';
import { makeCertificate, type CertificateFiles } from './limit-programs.js';
import { quantile, toRow, type Benchmark, type Settings, type Target } from './benchmark.js';
import { program, residentBytes } from './parley-daemons.js';

interface RelayReady {
  readonly url: string;
}

const MIB = 1024 * 1024;
const CIRCUITS = 500;
/** Of the circuits whose other side reads nothing. */
const STOPPED = 50;
const CHUNK = Buffer.alloc(64 * 1024, 1);
/** An Ed25519 handshake, and a message of the usual size. */
const MESSAGE = 200;

const targets: Readonly<Record<'speed' | 'trip' | 'memory', Target>> = {
  // The relay passes four more sockets and frames everything twice; an uplink is far slower than that, and its delay longer.
  speed: { name: 'relayed throughput, against direct', unit: 'MB/s', bound: 'at least', ratio: 0.1 },
  trip: { name: 'relayed round trip p50, against direct', unit: 'µs', bound: 'at most', ratio: 20 },
  memory: { name: `${CIRCUITS} circuits, ${STOPPED} of them not read`, unit: 'MiB', bound: 'at most', ratio: 1 },
};
/** What one side may leave unread in the relay, for each of those, and 64 KiB for each circuit. */
const MEMORY_MAX = STOPPED * 0.5 + CIRCUITS / 16;

export const relay: Benchmark = {
  name: 'relay',
  about: `TLS over the relay, against the same directly; memory of the relay with ${CIRCUITS} circuits`,
  run: async (settings) => {
    const { folder, rounds, quick, progress } = settings;
    const certificate = await makeCertificate(folder);
    const circuits = await Circuits.open(folder);
    try {
      const [speeds, bareSpeeds, trips, bareTrips]: number[][] = [[], [], [], []];
      const bytes = (quick ? 32 : 256) * MIB;
      const times = quick ? 200 : 2_000;
      for (let round = 1; round <= rounds; round += 1) {
        const [bare, ours] = [await direct(certificate), await secured(await circuits.pair(), certificate)];
        bareSpeeds?.push(await speed(bare, bytes));
        speeds?.push(await speed(ours, bytes));
        bareTrips?.push(await trip(bare, times));
        trips?.push(await trip(ours, times));
        for (const end of [...bare, ...ours]) end.destroy();
        progress(
          `round ${round} of ${rounds}: ${speeds?.at(-1)?.toFixed(0)} MB/s, ${bareSpeeds?.at(-1)?.toFixed(0)} directly`,
        );
      }
      return [
        toRow(targets.speed, speeds ?? [], bareSpeeds ?? []),
        toRow(targets.trip, trips ?? [], bareTrips ?? []),
        toRow(targets.memory, [await memory(circuits, settings)], [MEMORY_MAX]),
      ];
    } finally {
      await circuits.close();
    }
  },
};

/** A relay in a process of its own, and tickets for it. */
class Circuits {
  #count = 0;

  private constructor(
    private readonly daemon: Daemon<RelayReady>,
    private readonly key: ReturnType<typeof createPrivateKey>,
    private readonly apis: readonly [CircuitApi, CircuitApi],
  ) {}

  static async open(folder: string): Promise<Circuits> {
    const files = { key: join(folder, 'ca-key.pem'), certificate: join(folder, 'ca.pem') };
    await loadAuthority(files, { clock: systemClock, randomBytes });
    const key = createPrivateKey(await readFile(files.key));
    const limits = ['circuits', 'circuits-per-account'].flatMap((name) => [`--${name}`, String(2 * CIRCUITS)]);
    const rates = ['circuit-kib-per-second', 'total-kib-per-second', 'mib-per-day'];
    const unlimited = rates.flatMap((name) => [`--${name}`, '1000000']);
    const args = ['relay', '--json', '--port', '0', '--ca', files.certificate, ...limits, ...unlimited];
    const daemon = await Daemon.start<RelayReady>({ name: 'relay', program, args });
    const authority = createPublicKey(key);
    // A relay of its own needs no tracker; asked is only where that is.
    const ask: Ask = (call) =>
      call({ base: new URL(daemon.ready.url.replace(/^ws/, 'http')), token: '' }, undefined as never);
    const api = (device: string): CircuitApi =>
      new CircuitApi({
        ...{ device: device as DeviceId, ca: undefined, authority: () => authority, mayOpen: () => true },
        ask,
      });
    return new Circuits(daemon, key, [api('a'.repeat(22)), api('b'.repeat(22))]);
  }

  get pid(): number {
    return this.daemon.pid;
  }

  /** Both ends of a circuit. */
  async pair(): Promise<[Duplex, Duplex]> {
    const { url } = this.daemon.ready;
    this.#count += 1;
    const circuit = String(this.#count).padStart(22, '0');
    const [device, other] = ['a'.repeat(22), 'b'.repeat(22)];
    const expires = new Date(Date.now() + TICKET_LIFE_MS).toISOString();
    const both = { account: 'x'.repeat(22), circuit, expires, relay: url };
    const signed = async (bytes: Buffer): Promise<Buffer> => sign(null, bytes, this.key);
    const tickets = [
      await makeTicket({ ...both, device, other }, signed),
      await makeTicket({ ...both, device: other, other: device }, signed),
    ];
    const { signal } = new AbortController();
    const open = (at: 0 | 1): Promise<Duplex> => this.apis[at].open({ relay: url, ticket: tickets[at] ?? '' }, signal);
    return Promise.all([open(0), open(1)]);
  }

  close(): Promise<unknown> {
    return this.daemon.stop();
  }
}

type Ends = [TLSSocket, TLSSocket];

async function direct(files: CertificateFiles): Promise<Ends> {
  const server = createServer();
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const near = connectTcp({ port: (server.address() as AddressInfo).port, host: '127.0.0.1', noDelay: true });
  const [far] = (await once(server, 'connection')) as [Duplex];
  server.close();
  return secured([near, far], files);
}

async function secured([near, far]: readonly [Duplex, Duplex], files: CertificateFiles): Promise<Ends> {
  const [key, cert] = await Promise.all([readFile(files.key), readFile(files.certificate)]);
  const other = new TLSSocket(far, { isServer: true, key, cert, minVersion: 'TLSv1.3' });
  const one = connectTls({ socket: near, ca: cert, minVersion: 'TLSv1.3', checkServerIdentity: () => undefined });
  await once(one, 'secureConnect');
  return [one, other];
}

/** @returns MB/s */
async function speed([one, other]: Ends, bytes: number): Promise<number> {
  const from = performance.now();
  let received = 0;
  const arrived = new Promise<void>((resolve) => {
    other.on('data', (data: Buffer) => {
      received += data.length;
      if (received >= bytes) resolve();
    });
  });
  for (let sent = 0; sent < bytes; sent += CHUNK.length) if (!one.write(CHUNK)) await once(one, 'drain');
  await arrived;
  other.removeAllListeners('data');
  return bytes / 1e6 / ((performance.now() - from) / 1000);
}

/** @returns the median of a message there and back, microseconds */
async function trip([one, other]: Ends, times: number): Promise<number> {
  const message = Buffer.alloc(MESSAGE, 2);
  const took: number[] = [];
  other.on('data', (data: Buffer) => void other.write(data));
  for (let time = 0; time < times; time += 1) {
    const from = performance.now();
    one.write(message);
    for (let back = 0; back < MESSAGE;) back += ((await once(one, 'data')) as [Buffer])[0].length;
    took.push((performance.now() - from) * 1000);
  }
  return quantile(took, 0.5);
}

/** @returns MiB above what it took without any */
async function memory(circuits: Circuits, { progress }: Settings): Promise<number> {
  const before = residentBytes(circuits.pid);
  const pairs = [];
  for (let count = 0; count < CIRCUITS; count += 1) pairs.push(await circuits.pair());
  const open = residentBytes(circuits.pid);
  // Each says something; what the last ones say is not read, though they say as much as they can.
  await Promise.all(
    pairs.map(async ([one, other], at) => {
      if (at < CIRCUITS - STOPPED) {
        one.write(CHUNK);
        for (let got = 0; got < CHUNK.length;) got += ((await once(other, 'data')) as [Buffer])[0].length;
        return;
      }
      other.pause();
      for (let turn = 0; turn < 64; turn += 1) one.write(CHUNK);
    }),
  );
  const after = residentBytes(circuits.pid);
  for (const end of pairs.flat()) end.destroy();
  const mib = (bytes: number): string => ((bytes - before) / MIB).toFixed(1);
  progress(`${CIRCUITS} circuits: ${mib(open)} MiB more, ${mib(after)} MiB once all have spoken`);
  return (after - before) / MIB;
}
