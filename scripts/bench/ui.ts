/** The chat window with a conversation of 100,000 messages, in a real Chromium: opening, scrolling, a flood, and what it weighs. */
import { join } from 'node:path';
import type { Daemon, PeerReady, TrackerReady } from '../daemon/daemon.js';
import { toRow, type Benchmark, type Row, type Settings } from './benchmark.js';
import { LocalSocket } from './local-socket.js';
import { startPeer, startRegisteredPeer, startTracker } from './parley-daemons.js';
import { flood } from './ui-flood.js';
import { atMost, frameRows, framesOf, told, type Frames } from './ui-frames.js';
import { writeHistory, type WrittenHistory } from './ui-history.js';
import { HEAP_MB, openChromium, UiWindow, type Windows } from './ui-window.js';

/** What a person takes for "at once", ms; and for the whole page, from nothing. */
const AT_ONCE_MS = 100;
const PAGE_MS = 1_000;
const NODES = 5_000;
const DAYS = 30;
const DAY_MS = 24 * 3600_000;

export const ui: Benchmark = {
  name: 'ui',
  about:
    'the chat window: a conversation of 100,000 messages opened, scrolled from end to end and flooded, in Chromium; frames against a page without any script, the rest against what a person notices',
  run: async (settings) => {
    const count = settings.quick ? 5_000 : 100_000;
    const started: Daemon<unknown>[] = [];
    try {
      const { alice, bob, history } = await start(settings, count, (daemon) => started.unshift(daemon));
      settings.progress(`${count} messages are written`);
      const browser = await openChromium();
      try {
        const window = await UiWindow.open(browser, alice.ready);
        const bare = await UiWindow.bare(browser);
        await window.page.bringToFront();
        return [
          ...(await opening(settings, window, count)),
          ...(await scrolling(settings, { window, bare }, count)),
          ...(await flood(settings, { window, bare }, bob.ready, history)),
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
    read: true,
    from: Date.now() - DAYS * DAY_MS,
    every: Math.floor(((DAYS - 0.1) * DAY_MS) / count),
  });
  const alice = await kept(startRegisteredPeer(folder, url, names[0]));
  const bob = await kept(startRegisteredPeer(folder, url, names[1]));
  return { tracker, alice, bob, history };
}

async function opening({ rounds, progress }: Settings, window: UiWindow, count: number): Promise<Row[]> {
  const newest = `· ${count}`;
  const clicks: number[] = [];
  const loads: number[] = [];
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

async function scrolling({ rounds, progress }: Settings, { window, bare }: Windows, count: number): Promise<Row[]> {
  const reading: Frames[] = [];
  const limits: Frames[] = [];
  const turn = async (to: UiWindow): Promise<Frames> => {
    await to.page.bringToFront();
    return framesOf(await to.recorded(() => to.wheel(-120, 16, (turns) => turns >= 300)), 1);
  };
  for (let round = 0; round < rounds; round++) {
    limits.push(await turn(bare));
    reading.push(await turn(window));
    progress(`scrolled: bare ${told(limits.at(-1))}`);
    progress(`scrolled: ours ${told(reading.at(-1))}`);
  }
  const from = performance.now();
  const frames = await window.recorded(() => window.wheel(-4_000, 16, () => window.atBeginning()));
  const seconds = (performance.now() - from) / 1000;
  const through = framesOf(frames, 1);
  progress(`to the oldest of ${count} in ${seconds.toFixed(0)} s: ${told(through)}`);
  const { heap, nodes } = await window.weight();
  progress(`then ${heap.toFixed(1)} MB and ${nodes} nodes`);
  return [
    ...frameRows('ui: frames, reading upwards', reading, limits),
    ...frameRows(`ui: frames, flung through ${count}`, [through], limits.slice(-1)),
    toRow(atMost('ui: heap after that', 'MB'), [heap], [HEAP_MB]),
    toRow(atMost('ui: nodes after that', 'nodes'), [nodes], [NODES]),
  ];
}
