/** The chat window with a conversation of 100,000 messages, in a real Chromium: opening, scrolling, a flood, and what it weighs. */
import { join } from 'node:path';
import type { Daemon, PeerReady, TrackerReady } from '../daemon/daemon.js';
import { toRow, type Benchmark, type Row, type Settings, type Target } from './benchmark.js';
import { LocalSocket } from './local-socket.js';
import { startPeer, startRegisteredPeer, startTracker } from './parley-daemons.js';
import { FRAME_MS, framesOf, type Frames } from './ui-frames.js';
import { writeHistory, type WrittenHistory } from './ui-history.js';
import { openChromium, UiWindow } from './ui-window.js';

/** What a person takes for "at once", ms; and for the whole page, from nothing. */
const AT_ONCE_MS = 100;
const PAGE_MS = 1_000;
/** What a page of this kind may take before a phone throws it out. */
const HEAP_MB = 64;
const NODES = 5_000;
const DAYS = 30;
const DAY_MS = 24 * 3600_000;

export const ui: Benchmark = {
  name: 'ui',
  about:
    'the chat window: a conversation of 100,000 messages opened, scrolled from end to end and flooded, in Chromium; limits are what a person notices, not measured',
  run: async (settings) => {
    const count = settings.quick ? 5_000 : 100_000;
    const started: Daemon<unknown>[] = [];
    try {
      const { alice, bob, history } = await start(settings, count, (daemon) => started.unshift(daemon));
      settings.progress(`${count} messages are written`);
      const browser = await openChromium();
      try {
        const window = await UiWindow.open(browser, alice.ready);
        return [
          ...(await opening(settings, window, count)),
          ...(await scrolling(settings, window, count)),
          ...(await flood(settings, window, bob.ready, history)),
        ];
      } finally {
        await browser.close();
      }
    } finally {
      for (const daemon of started) await daemon.stop();
    }
  },
};

interface Started {
  readonly tracker: Daemon<TrackerReady>;
  readonly alice: Daemon<PeerReady>;
  readonly bob: Daemon<PeerReady>;
  readonly history: WrittenHistory;
}

async function start({ folder }: Settings, count: number, keep: (daemon: Daemon<unknown>) => void): Promise<Started> {
  const kept = async <Ready>(starting: Promise<Daemon<Ready>>): Promise<Daemon<Ready>> => {
    const daemon = await starting;
    keep(daemon);
    return daemon;
  };
  const tracker = await kept(startTracker(folder));
  const { url } = tracker.ready;
  const names = ['alice', 'bob'] as const;
  // The first start makes the key and has it certified; the history is written while the peers are away.
  const first = await Promise.all(names.map((name) => startPeer(folder, url, name)));
  const sockets = await Promise.all(first.map(({ ready }) => LocalSocket.signIn(ready)));
  await Promise.all(sockets.map((socket, i) => socket.linkedTo(names[1 - i] ?? '')));
  await Promise.all(first.map((daemon) => daemon.stop()));
  const history = await writeHistory({
    directories: [join(folder, names[0]), join(folder, names[1])],
    usernames: names,
    count,
    from: Date.now() - DAYS * DAY_MS,
    every: Math.floor(((DAYS - 0.1) * DAY_MS) / count),
  });
  const alice = await kept(startRegisteredPeer(folder, url, names[0]));
  const bob = await kept(startRegisteredPeer(folder, url, names[1]));
  return { tracker, alice, bob, history };
}

const atMost = (name: string, unit: string, ratio = 1): Target => ({ name, unit, bound: 'at most', ratio });

async function opening({ rounds, progress }: Settings, window: UiWindow, count: number): Promise<Row[]> {
  const newest = `· ${count}`;
  const clicks: number[] = [];
  const loads: number[] = [];
  // The first click finds the code cold and thousands unread; that is the one that counts against the rest as well.
  for (let round = 0; round < rounds; round++) {
    await window.page.goto(new URL('/#/c/general', window.page.url()).href);
    await window.page.reload();
    clicks.push(await window.drawnAfterClick('bob', newest));
    loads.push(await window.drawnAfterLoad(newest));
    progress(`opened: ${clicks.at(-1)?.toFixed(0)} ms from the click, ${loads.at(-1)?.toFixed(0)} ms from nothing`);
  }
  const limits = (ms: number): number[] => clicks.map(() => ms);
  return [
    toRow(atMost('ui: click to messages drawn', 'ms'), clicks, limits(AT_ONCE_MS)),
    toRow(atMost('ui: page load to messages drawn', 'ms'), loads, limits(PAGE_MS)),
  ];
}

async function scrolling({ rounds, progress }: Settings, window: UiWindow, count: number): Promise<Row[]> {
  const reading: Frames[] = [];
  for (let round = 0; round < rounds; round++) {
    const frames = await window.recorded(() => window.wheel(-120, 16, (turns) => turns >= 300));
    reading.push(framesOf(frames, 1));
    progress(`scrolled: ${told(reading.at(-1))}`);
  }
  const from = performance.now();
  const frames = await window.recorded(() => window.wheel(-4_000, 16, () => window.atBeginning()));
  const seconds = (performance.now() - from) / 1000;
  const through = framesOf(frames, 1);
  progress(`to the oldest of ${count} in ${seconds.toFixed(0)} s: ${told(through)}`);
  const { heap, nodes } = await window.weight();
  progress(`then ${heap.toFixed(1)} MB and ${nodes} nodes`);
  return [
    ...frameRows('ui: frames, reading upwards', reading),
    ...frameRows(`ui: frames, flung through ${count}`, [through]),
    toRow(atMost('ui: heap after that', 'MB'), [heap], [HEAP_MB]),
    toRow(atMost('ui: nodes after that', 'nodes'), [nodes], [NODES]),
  ];
}

async function flood(
  { quick, progress }: Settings,
  window: UiWindow,
  bob: PeerReady,
  { conversation }: WrittenHistory,
) {
  const messages = quick ? 1_000 : 10_000;
  await window.page.keyboard.press('Escape');
  await window.page.getByRole('button', { name: /Jump to newest|new message/ }).waitFor({ state: 'hidden' });
  const socket = await LocalSocket.signIn(bob);
  const from = performance.now();
  const frames = await window.recorded(async () => {
    for (let n = 1; n <= messages; n++) {
      const post = { id: n, command: 'message.post', conversation, message: `flood ${n} of ${messages}` };
      socket.socket.send(JSON.stringify(post));
    }
    await window.drawn(`flood ${messages} of ${messages}`);
  });
  const rate = messages / ((performance.now() - from) / 1000);
  socket.socket.close();
  const figures = framesOf(frames, -1);
  const { heap } = await window.weight();
  progress(`${messages} came at ${rate.toFixed(0)}/s: ${told(figures)}; then ${heap.toFixed(1)} MB`);
  return [
    ...frameRows(`ui: frames while ${messages} come`, [figures]),
    toRow(atMost('ui: heap after that flood', 'MB'), [heap], [HEAP_MB]),
  ];
}

/** p99 may be a frame that came one late. */
function frameRows(name: string, all: readonly Frames[]): Row[] {
  const row = (what: string, ratio: number, of: (frames: Frames) => number): Row =>
    toRow(
      atMost(`${name}, ${what}`, 'ms', ratio),
      all.map(of),
      all.map(() => FRAME_MS),
    );
  return [row('p50', 1.1, ({ p50 }) => p50), row('p95', 1.5, ({ p95 }) => p95), row('p99', 2.1, ({ p99 }) => p99)];
}

function told(frames: Frames | undefined): string {
  if (!frames) return 'nothing';
  const { count, p50, p95, p99, longest, dropped, empty, jump } = frames;
  const ms = [p50, p95, p99, longest].map((time) => time.toFixed(1)).join(' / ');
  return `${count} frames, p50 / p95 / p99 / longest ${ms} ms, ${dropped} late, ${empty} empty, jump ${jump.toFixed(1)} px`;
}
