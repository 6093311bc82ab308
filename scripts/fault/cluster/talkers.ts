/** Real daemons that chat all the time, whatever becomes of their trackers. Judged: each message comes to all, at once and in the end. */
import { join } from 'node:path';
import type { PeerReady } from '../../daemon/daemon.js';
import { Restartable } from '../../daemon/restartable.js';
import { settled } from '../judge.js';
import { seededRandom } from '../seeded-random.js';
import { Window } from '../window.js';
import { Writer } from '../writer.js';
import type { Calls } from './calls.js';
import type { Findings } from './findings.js';

const NAMES = ['alice', 'bob', 'carol', 'dave', 'erin', 'frank', 'grace', 'heidi'];
const PASSWORD = 'of no importance';
const CONVERSATION = '#general';
const PACE_MS = 400;
/** In which a message comes to all others, also while a tracker dies; and in which all settles in the end. */
const SHOWN_MS = 30_000;
const SETTLE_MS = 120_000;

interface Talker {
  readonly daemon: Restartable<PeerReady>;
  readonly window: Window;
  readonly writer: Writer;
  readonly shown: Set<string>;
}

export class Talkers {
  readonly #daemons: Restartable<PeerReady>[] = [];
  readonly #talkers: Talker[] = [];
  #marks = 0;

  constructor(
    private readonly calls: Calls,
    private readonly findings: Findings,
    private readonly parts: { readonly folder: string; readonly program: string; readonly seed: number },
  ) {}

  /** All are linked then. */
  async enter(count: number): Promise<void> {
    const names = NAMES.slice(0, count);
    for (const name of names) await this.#start(name);
    for (const { window } of this.#talkers)
      await window.until(
        () => this.#talkers.every((other) => other.window === window || window.linkedTo(other.daemon.name)),
        'all links',
      );
    for (const { writer, window } of this.#talkers) writer.attach(window);
  }

  async #start(name: string): Promise<void> {
    const { folder, program, seed } = this.parts;
    await this.calls.persist({ method: 'POST', path: '/register', body: { username: name, password: PASSWORD } });
    const daemon = new Restartable<PeerReady>({
      ...{ name, program, env: { PARLEY_PASSWORD: PASSWORD } },
      ports: ['--peer-port', '--ui-port'],
      args: () => [
        ...['peer', '--json', '--username', name, '--host', '127.0.0.1', '--data-dir', join(folder, name)],
        ...this.calls.nodes.flatMap(({ url }) => ['--tracker', url]),
      ],
    });
    this.#daemons.push(daemon);
    const window = await Window.open(await daemon.start());
    const shown = new Set<string>();
    window.onFrame((frame) => {
      if (frame.type === 'entries') for (const { message } of frame.entries) shown.add(message);
    });
    const writer = new Writer(name, [CONVERSATION], seededRandom(seed), () => undefined, PACE_MS);
    this.#talkers.push({ daemon, window, writer, shown });
  }

  /** Each says something new, and all others are shown it in time; else that is a finding. */
  async goOn(when: string): Promise<void> {
    const mark = `mark ${(this.#marks += 1)}`;
    const texts = this.#talkers.map(({ daemon }) => `${mark} of ${daemon.name}`);
    await Promise.all(this.#talkers.map(({ window }, at) => window.post(CONVERSATION, texts[at] ?? '', texts[at])));
    const { stuck } = this.findings.faults;
    await Promise.all(
      this.#talkers.map(async ({ window, daemon, shown }) => {
        const missing = (): string[] => texts.filter((text) => !shown.has(text));
        await window
          .until(() => missing().length === 0, when, SHOWN_MS)
          .catch(() => {
            for (const text of missing()) stuck.push(`${when}: ${daemon.name} is not shown "${text}"`);
          });
      }),
    );
    this.findings.figures.chats += texts.length;
  }

  async judge(): Promise<void> {
    const { lost, doubled, stuck } = this.findings.faults;
    const windows = this.#talkers.map(({ window }) => window);
    for (const { writer } of this.#talkers) writer.stop();
    const acknowledged = new Map(this.#talkers.flatMap(({ writer }) => [...writer.acknowledged]));
    const verdict = await settled({ conversations: new Map([[CONVERSATION, windows]]), acknowledged }, SETTLE_MS);
    lost.push(...verdict.lost.map((text) => `message ${text}`));
    doubled.push(...verdict.doubled, ...windows.flatMap((window) => window.doubled));
    stuck.push(...verdict.differing, ...this.#talkers.flatMap(({ writer }) => writer.problems));
    for (const { window, daemon } of this.#talkers)
      await window
        .until(() => window.tracker === 'connected', 'the tracker', SETTLE_MS)
        .catch(() => stuck.push(`${daemon.name} did not come back to a tracker`));
  }

  async close(): Promise<void> {
    for (const { writer } of this.#talkers) writer.close();
    await Promise.all(this.#daemons.map((daemon) => daemon.stop()));
  }
}
