/** Test support: time by hand, a pipe in memory, and a peer that remembers what its links did. */
import { Duplex } from 'node:stream';
import type { ChannelName, DeviceId } from '../../protocol/ids.js';
import type { LinkMessage } from '../../protocol/link-messages.js';
import type { TestDevice } from '../identity/test-ca.js';
import { Links } from './links.js';
import type { LinkPlaces } from './links-options.js';
import { LocalLinks } from './local-links.js';
import {
  LINK_LIMITS,
  type Clock,
  type DownReason,
  type FileConnection,
  type Link,
  type LinkEvents,
  type LinkLimits,
  type Log,
  type Timers,
} from './types.js';

/** Stands still until it is told to go on. */
export class TestTime implements Clock, Timers {
  private time = Date.now();
  private readonly waiting = new Map<object, { at: number; run: () => void }>();

  now(): number {
    return this.time;
  }

  setTimeout(run: () => void, ms: number): unknown {
    const handle = {};
    this.waiting.set(handle, { at: this.time + ms, run });
    return handle;
  }

  clearTimeout(handle: unknown): void {
    this.waiting.delete(handle as object);
  }

  get timers(): number {
    return this.waiting.size;
  }

  advance(ms: number): void {
    const end = this.time + ms;
    for (;;) {
      const due = [...this.waiting].filter(([, { at }]) => at <= end).sort(([, a], [, b]) => a.at - b.at);
      const [first] = due;
      if (!first) break;
      const [handle, { at, run }] = first;
      this.waiting.delete(handle);
      this.time = Math.max(this.time, at);
      run();
    }
    this.time = end;
  }
}

/** One end of a pipe that hands on in pieces of its own choice, a turn later. */
class PipeEnd extends Duplex {
  other: PipeEnd | undefined;
  /** Swallows everything, as a network does that fell silent. */
  silent = false;

  constructor(private readonly piece: number) {
    super({ allowHalfOpen: false });
  }

  override _read(): void {}

  override _write(chunk: Buffer, _encoding: BufferEncoding, done: () => void): void {
    const bytes = Buffer.from(chunk);
    setImmediate(() => {
      for (let at = 0; !this.silent && at < bytes.length; at += this.piece) {
        this.other?.push(bytes.subarray(at, at + this.piece));
      }
      done();
    });
  }

  override _final(done: () => void): void {
    if (!this.silent) this.other?.push(null);
    done();
  }

  override _destroy(error: Error | null, done: (error: Error | null) => void): void {
    if (!this.silent && this.other && !this.other.readableEnded) this.other.push(null);
    done(error);
  }
}

export function pipe(piece = 64 * 1024): [PipeEnd, PipeEnd] {
  const [a, b] = [new PipeEnd(piece), new PipeEnd(piece)];
  a.other = b;
  b.other = a;
  return [a, b];
}

/** The peers of all tests of a file, which find each other in it only where a test wants them to. */
export class TestLocalLinks extends LocalLinks {
  open = false;

  override has(device: DeviceId): boolean {
    return this.open && super.has(device);
  }
}

export const testLocalLinks = new TestLocalLinks();

const quiet: Log = { debug: () => undefined, info: () => undefined, warn: () => undefined };

export class TestPeer implements LinkEvents {
  readonly links: Links;
  readonly ups: Link[] = [];
  readonly downs: [Link, DownReason][] = [];
  readonly heard: LinkMessage[] = [];
  readonly batches: number[] = [];
  readonly files: FileConnection[] = [];
  readonly clocks: string[] = [];
  readonly revoked = new Set<DeviceId>();
  readonly shut = new Set<string>();
  drains = 0;
  /** Absent: there is a place for everybody. */
  places: LinkPlaces | undefined;
  private readonly waiting = new Set<() => void>();

  constructor(
    readonly self: TestDevice,
    readonly time: TestTime,
    limits: Partial<LinkLimits> = {},
    channels: readonly string[] = ['general'],
  ) {
    this.links = new Links({
      identity: self,
      limits: { ...LINK_LIMITS, ...limits },
      clock: time,
      timers: time,
      log: quiet,
      events: this,
      barred: ({ device, username }) => {
        if (this.revoked.has(device)) return 'device_revoked';
        return this.shut.has(username) ? 'account_disabled' : undefined;
      },
      local: testLocalLinks,
      channels: () => channels as readonly ChannelName[],
      places: {
        need: (device) => this.places?.need(device),
        takes: (...asked) => this.places?.takes(...asked) ?? true,
        comes: (link) => this.places?.comes(link),
      },
      files: (connection) => {
        this.files.push(connection);
        this.changed();
      },
    });
  }

  up(link: Link): void {
    this.ups.push(link);
    this.changed();
  }

  messages(_link: Link, messages: LinkMessage[]): void {
    this.heard.push(...messages);
    this.batches.push(messages.length);
    this.changed();
  }

  clock(_link: Link, time: string): void {
    this.clocks.push(time);
    this.changed();
  }

  drain(): void {
    this.drains += 1;
    this.changed();
  }

  down(link: Link, reason: DownReason): void {
    this.downs.push([link, reason]);
    this.changed();
  }

  /** Resolves once it holds; looked at after each event here. */
  until(holds: (peer: this) => boolean): Promise<void> {
    return new Promise((resolve) => {
      const look = (): void => {
        if (!holds(this)) return;
        this.waiting.delete(look);
        resolve();
      };
      this.waiting.add(look);
      look();
    });
  }

  get lastReason(): string | undefined {
    return this.downs.at(-1)?.[1].code;
  }

  async close(): Promise<void> {
    const closed = this.links.close();
    const state = { done: false };
    const finished = closed.then(() => (state.done = true));
    while (!state.done) {
      this.time.advance(LINK_LIMITS.lingerMs);
      await new Promise(setImmediate);
    }
    await finished;
  }

  private changed(): void {
    for (const look of [...this.waiting]) look();
  }
}
