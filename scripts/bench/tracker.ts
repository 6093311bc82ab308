/** A tracker's daily work against bare parts: lists, heart-beats, and telling many that something has changed. */
import { generateKeyPairSync } from 'node:crypto';
import { once } from 'node:events';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { WebSocket } from 'ws';
import type { Username } from '../../protocol/ids.js';
import { deviceIdOfKey } from '../../peer/identity/certificate.js';
import { certificateRequest } from '../../peer/identity/identity.js';
import { TrackerApi, type Session } from '../../peer/tracker-client/api.js';
import { TrackerHttp } from '../../peer/tracker-client/http.js';
import { systemClock } from '../../tracker/clock.js';
import { Daemon } from '../daemon/daemon.js';
import { Caller, PORT, signUp } from '../load/caller.js';
import { OwnTracker } from '../load/own-tracker.js';
import { median, toRow, type Benchmark, type Row, type Settings, type Target } from './benchmark.js';
import { collected, probed } from './heap.js';
import { rateOf, type Request } from './http-rate.js';
import { limitProgram } from './limit-programs.js';

const each: Target = {
  name: 'list of 100, against one serialised each time',
  unit: 'answers/s',
  bound: 'at least',
  ratio: 2,
};
const kept: Target = {
  name: 'list of 100, against one that is kept',
  unit: 'answers/s',
  bound: 'at least',
  ratio: 0.6,
};
const beats: Target = { name: 'heart-beats', unit: 'answers/s', bound: 'at least', ratio: 0.6 };
const told: Target = { name: 'told to the last of all', unit: 'ms', bound: 'at most', ratio: 1.5 };
const memory: Target = { name: 'heap a socket, collected', unit: 'KiB', bound: 'at most', ratio: 1.5 };

const LISTED = 100;
const DEVICES_EACH = 20;
const REQUEST_MS = 30_000;
/** So many handshakes at once. */
const OPENING = 50;
/** Until what opening so many has left behind is over. */
const SETTLE_MS = 3_000;
const TELLS = 5;
const BETWEEN_MS = 1_000;

export const tracker: Benchmark = {
  name: 'tracker',
  about:
    'lists of 100 peers, heart-beats, and 10,000 events sockets (ulimit -n 12000), against bare Fastify and a bare hub of WebSockets',
  run: async (settings) => {
    const heap = { own: join(settings.folder, 'heap-own.jsonl'), bare: join(settings.folder, 'heap-bare.jsonl') };
    const own = await OwnTracker.start(join(settings.folder, 'tracker'), probed(heap.own));
    const bare = await Daemon.start<{ url: string }>({
      ...{ name: 'bare tracker', program: limitProgram('bare-tracker'), args: [String(LISTED)] },
      env: probed(heap.bare),
    });
    const http = new TrackerHttp({
      clock: systemClock,
      timers: systemClock,
      timeoutMs: REQUEST_MS,
      dated: () => undefined,
    });
    try {
      const { session, beat } = await fill(own.url, http);
      const rates = await answering(settings, { ours: own.url, limit: bare.ready.url }, session.token, beat);
      return [...rates, ...(await telling(settings, { own, bare, session, http, heap }))];
    } finally {
      http.close();
      await bare.stop();
      await own.stop();
    }
  },
};

/** So many peers are on the list; the last of them is a session with the body of its heart-beat. */
async function fill(url: string, http: TrackerHttp): Promise<{ session: Session; beat: object }> {
  const api = new TrackerApi(http);
  const entry = { base: new URL(url), http };
  let last: { session: Session; beat: object } | undefined;
  for (let user = 0; user < LISTED / DEVICES_EACH; user += 1) {
    const username = `load-a-${user}` as Username;
    const session = await signUp(entry, username);
    for (let n = 0; n < DEVICES_EACH; n += 1) {
      const { privateKey, publicKey } = generateKeyPairSync('ed25519');
      const beat = {
        username,
        device: deviceIdOfKey(publicKey),
        port: PORT,
        addresses: [{ host: '127.0.0.1', port: PORT }],
      };
      await api.submitInfo(session, { ...beat, csr: await certificateRequest(username, privateKey) });
      last = { session, beat };
    }
  }
  if (!last) throw new Error('bug: nobody is on the list');
  return last;
}

async function answering(
  { quick, rounds, progress }: Settings,
  { ours, limit }: { readonly ours: string; readonly limit: string },
  token: string,
  beat: object,
): Promise<Row[]> {
  const ms = quick ? 500 : 3_000;
  const list: Request = { method: 'GET', path: '/get-list', token };
  const submit: Request = { method: 'POST', path: '/submit-info', token, body: beat };
  const pairs = [
    { target: each, request: list, bare: { method: 'GET', path: '/each' } },
    { target: kept, request: list, bare: { method: 'GET', path: '/kept' } },
    { target: beats, request: submit, bare: { method: 'POST', path: '/beat', body: beat } },
  ] as const;
  const rows: Row[] = [];
  for (const { target, request, bare } of pairs) {
    const [mine, limits]: [number[], number[]] = [[], []];
    // So that no round pays for what is compiled once.
    for (let round = 0; round <= rounds; round += 1) {
      const [limitRate, ownRate] = [await rateOf(limit, bare, ms), await rateOf(ours, request, ms)];
      if (round === 0) continue;
      limits.push(limitRate);
      mine.push(ownRate);
      progress(`${target.name}, round ${round} of ${rounds}: bare ${limitRate.toFixed()}, Parley ${ownRate.toFixed()}`);
    }
    rows.push(toRow(target, mine, limits));
  }
  return rows;
}

interface Parts {
  readonly own: OwnTracker;
  readonly bare: Daemon<{ url: string }>;
  readonly session: Session;
  readonly http: TrackerHttp;
  /** Files that the two say in what they hold. */
  readonly heap: { readonly own: string; readonly bare: string };
}

/** Sockets at the hub, then at the tracker: what each takes, and how long until the last has heard. */
async function telling({ quick, progress }: Settings, { own, bare, session, http, heap }: Parts): Promise<Row[]> {
  const count = quick ? 500 : 10_000;
  const post = async (text: object): Promise<void> => {
    const headers = { 'content-type': 'application/json' };
    await fetch(new URL('/tell', bare.ready.url), { method: 'POST', headers, body: JSON.stringify(text) });
  };
  const username = 'load-caller' as Username;
  const caller = await Caller.register(http, await signUp({ base: session.base, http }, username), username);
  const hub = await Listeners.open(bare.ready.url, count, { pid: bare.pid, file: heap.bare });
  const limits = await hub.times((text) => post({ type: 'peer_joined', peer: { username, ip: text } }));
  hub.close();
  const events = await Listeners.open(own.url, count, { pid: own.pid, file: heap.own }, session.token);
  const ours = await events.times((text) => caller.moveTo(text));
  events.close();
  progress(`${count} sockets: bare ${median(limits).toFixed(1)} ms, Parley ${median(ours).toFixed(1)} ms`);
  return [toRow(told, ours, limits), toRow(memory, [events.kibEach], [hub.kibEach])];
}

class Listeners {
  private constructor(
    private readonly sockets: readonly WebSocket[],
    readonly kibEach: number,
  ) {}

  static async open(
    url: string,
    count: number,
    { pid, file }: { readonly pid: number; readonly file: string },
    token?: string,
  ): Promise<Listeners> {
    const address = `${url.replace(/^http/, 'ws').replace(/\/$/, '')}/events?presence=part`;
    const headers = token === undefined ? {} : { authorization: `Bearer ${token}` };
    const sockets: WebSocket[] = [];
    const open = async (): Promise<void> => {
      const some = Array.from({ length: OPENING }, () => new WebSocket(address, { headers, perMessageDeflate: false }));
      // A tracker sends a snapshot at once.
      await Promise.all(some.map((socket) => once(socket, token === undefined ? 'open' : 'message')));
      sockets.push(...some);
    };
    // What the first ones leave behind is not of each.
    await open();
    const before = await collected(pid, file, 0);
    while (sockets.length < count) await open();
    await sleep(SETTLE_MS);
    const after = await collected(pid, file, 1);
    const bytes = after.heap + after.buffers - before.heap - before.buffers;
    return new Listeners(sockets, bytes / (count - OPENING) / 1024);
  }

  /** From a change until the last has heard of it, ms. @param tell changes something, of which the events hold the text */
  async times(tell: (text: string) => Promise<void>): Promise<number[]> {
    const times: number[] = [];
    for (let n = 0; n <= TELLS; n += 1) {
      // One change by itself: a tracker that has just told thousands rests a little.
      await sleep(BETWEEN_MS);
      const text = `192.0.2.${n + 1}`;
      const heard = Promise.all(this.sockets.map((socket) => hears(socket, text)));
      const began = performance.now();
      await Promise.all([heard, tell(text)]);
      // The first is for what is compiled once.
      if (n > 0) times.push(performance.now() - began);
    }
    return times;
  }

  close(): void {
    for (const socket of this.sockets) socket.terminate();
  }
}

function hears(socket: WebSocket, text: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const hear = (data: Buffer): void => {
      if (!data.includes(text)) return;
      socket.off('message', hear);
      socket.off('close', closed);
      resolve();
    };
    const closed = (): void => reject(new Error('a socket of the benchmark was closed'));
    socket.on('message', hear);
    socket.on('close', closed);
  });
}
