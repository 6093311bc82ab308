/**
 * Many clients of the line port in one process, as anybody would write them: each registers, joins its channel, and writes once in so often when told to. What
 * is heard is counted and timed here, where it was written, by one clock. With `noise` as its first argument it is two senders of garbage instead.
 */
import { connect, type Socket } from 'node:net';
import { randomBytes } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { CrowdOrder, CrowdReport } from '../gateway-crowd.js';

const PASSWORD = 'of no importance';
/** As many as a gateway signs in at once. */
const AT_ONCE = 8;
const TRIES_MAX = 20;
/** After the last was written, until what is still missing counts as lost. */
const DRAIN_MS = 60_000;
const GARBAGE = `\n{"type":"nothing"}\n{"type":\n${'x'.repeat(9000)}\n\0\n`;
const SAID = /"text":"w(\d+)\.(\d+)\.(\d+)"/;

const [kind = '', portText = '', count = '0', channels = '1'] = process.argv.slice(2);
const port = Number(portText);
process.once('disconnect', () => process.exit());
const tell = (what: CrowdReport): void => void process.send?.(what);

interface Client {
  readonly at: number;
  readonly socket: Socket;
  readonly channel: number;
  hear: (line: string) => void;
}

/** A gateway that is too busy to sign somebody in says so: they come again. */
async function client(at: number): Promise<Client> {
  for (let tries = 1; ; tries += 1) {
    try {
      return await signedIn(at);
    } catch (error) {
      if (tries === TRIES_MAX) throw error;
      await sleep(1_000);
    }
  }
}

async function signedIn(at: number): Promise<Client> {
  const socket = connect({ port, host: '127.0.0.1', noDelay: true }).setEncoding('utf8');
  const made: Client = { at, socket, channel: at % Number(channels), hear: () => undefined };
  let rest = '';
  socket.on('data', (chunk: string) => {
    const lines = (rest + chunk).split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) made.hear(line);
  });
  socket.on('error', () => undefined);
  const closed = new Promise<never>((_resolve, reject) => socket.once('close', () => reject(new Error('closed'))));
  closed.catch(() => undefined);
  const next = (type: string): Promise<void> => {
    const heard = new Promise<void>((resolve, reject) => {
      made.hear = (line) => {
        if (line.startsWith('{"type":"error"')) reject(new Error(line));
        if (line.startsWith(`{"type":"${type}"`)) resolve();
      };
    });
    return Promise.race([heard, closed]);
  };
  try {
    socket.write(`/register user${at} ${PASSWORD}\n`);
    await next('registered');
    if (Number(channels) > 1) {
      socket.write(`/join room${made.channel}\n`);
      await next('joined');
    }
  } catch (error) {
    socket.destroy();
    throw error;
  }
  made.hear = () => undefined;
  socket.once('close', () => tell({ event: 'closed', why: `user${at}` }));
  return made;
}

async function crowd(): Promise<Client[]> {
  const all: Client[] = [];
  let next = 0;
  const turn = async (): Promise<void> => {
    while (next < Number(count)) all.push(await client(next++));
  };
  await Promise.all(Array.from({ length: AT_ONCE }, turn));
  return all.sort((a, b) => a.at - b.at);
}

/** All write `each` messages, one every `gapMs`, beginning at moments of their own. Resolves once all has come, or will not. */
async function write(all: readonly Client[], { each, gapMs, run }: CrowdOrder): Promise<CrowdReport> {
  const members = Array.from(
    { length: Number(channels) },
    (_, at) => all.filter(({ channel }) => channel === at).length,
  );
  const sentAt = new Float64Array(all.length * each);
  const heardBy = new Uint16Array(all.length * each);
  const lastAt = new Float64Array(all.length * each);
  const seen = all.map(() => new Uint8Array(all.length * each));
  const expected = all.reduce((sum, { channel }) => sum + each * (members[channel] ?? 0), 0);
  let [delivered, doubled, disordered] = [0, 0, 0];
  let done: () => void = () => undefined;
  const complete = new Promise<void>((resolve) => (done = resolve));
  for (const one of all) {
    const latest = new Int32Array(all.length).fill(-1);
    const mine = seen[one.at];
    one.hear = (line) => {
      const said = SAID.exec(line);
      if (!mine || Number(said?.[1]) !== run) return;
      const [sender, number] = [Number(said?.[2]), Number(said?.[3])];
      const slot = sender * each + number;
      if (mine[slot] === 1) return void (doubled += 1);
      mine[slot] = 1;
      if (number < (latest[sender] ?? 0)) disordered += 1;
      latest[sender] = Math.max(number, latest[sender] ?? 0);
      heardBy[slot] = (heardBy[slot] ?? 0) + 1;
      lastAt[slot] = performance.now();
      delivered += 1;
      if (delivered === expected) done();
    };
  }
  await Promise.all(
    all.map(async ({ at, socket, channel }) => {
      const place = Number(channels) > 1 ? `room${channel}` : 'general';
      const from = performance.now() + (gapMs * at) / all.length;
      for (let number = 0; number < each; number += 1) {
        await sleep(Math.max(0, from + number * gapMs - performance.now()));
        sentAt[at * each + number] = performance.now();
        socket.write(`{"type":"chat","channel":"${place}","text":"w${run}.${at}.${number}"}\n`);
      }
    }),
  );
  await Promise.race([complete, sleep(DRAIN_MS, undefined, { ref: false })]);
  const times: number[] = [];
  for (const { at, channel } of all)
    for (let number = 0; number < each; number += 1) {
      const slot = at * each + number;
      if (heardBy[slot] === members[channel]) times.push((lastAt[slot] ?? 0) - (sentAt[slot] ?? 0));
    }
  for (const one of all) one.hear = () => undefined;
  return { event: 'written', expected, delivered, doubled, disordered, times };
}

/** One that never registers and one that has: whatever bytes come, as fast as they are taken, and again when they are thrown out. */
async function noise(register: boolean): Promise<never> {
  for (;;) {
    const socket = connect({ port, host: '127.0.0.1' });
    socket.on('error', () => undefined);
    socket.resume();
    if (register) socket.write(`/register noise ${PASSWORD}\n`);
    const isOver = (): boolean => socket.destroyed;
    while (!isOver()) {
      for (const part of [randomBytes(2000), GARBAGE]) {
        if (!socket.write(part) && !isOver())
          await new Promise<void>((resolve) => socket.once('drain', resolve).once('close', resolve));
        socket.removeAllListeners('drain').removeAllListeners('close');
      }
      // Others have their turn, also where it is all taken.
      await sleep(1);
    }
  }
}

if (kind === 'noise') {
  tell({ event: 'ready' });
  await Promise.all([noise(false), noise(true)]);
} else {
  const all = await crowd();
  process.on('message', (order: CrowdOrder) => void write(all, order).then(tell));
  tell({ event: 'ready' });
}
