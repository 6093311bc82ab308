/** Test support: what the service of files is made of, with the real store and the real blobs, and a mover that is told what to do. */
import { Readable } from 'node:stream';
import type { Entry } from '../../protocol/entry.js';
import type { ConversationId } from '../../protocol/ids.js';
import type { TransferView } from '../../protocol/local-api.js';
import { TestStore, Writers, type Saying } from '../store/test-store.js';
import { Pace } from './pace.js';
import type { FileMover, WantedFile } from './ports.js';
import { Room } from './room.js';
import { Scope } from './scope.js';
import { factsOf, quiet, TestBlobs } from './test-blobs.js';
import { Transfers } from './transfers.js';

export const [general, left] = ['#general', '#left'] as ConversationId[] as [ConversationId, ConversationId];

/** Nothing comes unless a test says so. */
export class TestMover implements FileMover {
  /** What it was asked to bring, and not to stop. */
  readonly fetching = new Map<string, WantedFile>();

  fetch = (wanted: WantedFile): void => void this.fetching.set(wanted.facts.sha256, wanted);
  stop = async (sha256: string): Promise<void> => void this.fetching.delete(sha256);
  arrived = (): void => undefined;
  limit = (): void => undefined;
}

export class TestService {
  readonly history = new TestStore();
  readonly writers = new Writers();
  readonly blocked = new Set<string>();
  readonly mover = new TestMover();
  readonly gone: string[] = [];
  readonly arrived: string[] = [];
  /** Each state that was told, of each transfer. */
  readonly told: TransferView[] = [];
  quota = 1_000_000;
  isLow = false;
  free = 1e12;
  now = 0;
  transfers: Transfers;
  room: Room;

  private constructor(readonly blobs: TestBlobs) {
    [this.room, this.transfers] = this.make();
  }

  static async open(): Promise<TestService> {
    const about = { free: 1e12 };
    const service = new TestService(await TestBlobs.open({ space: () => Promise.resolve({ free: about.free }) }));
    Object.defineProperty(service, 'free', { get: () => about.free, set: (free: number) => (about.free = free) });
    return service;
  }

  /** As after the end of the process: what is not on the disk is gone. */
  async restart(): Promise<void> {
    this.transfers.close();
    await this.blobs.reopen();
    this.history.reopen();
    this.mover.fetching.clear();
    this.told.length = 0;
    [this.room, this.transfers] = this.make();
    this.transfers.start();
  }

  async close(): Promise<void> {
    this.transfers.close();
    this.history.close();
    await this.blobs.remove();
  }

  /** Somebody shows these bytes. */
  file(from: string, bytes: Buffer, more: Saying = {}): Entry {
    const data = { name: 'a.bin', mime: 'text/plain', ...factsOf(bytes) };
    const entry = this.writers.say(from, '', { kind: 'file', data, ...more });
    this.history.write(entry);
    return entry;
  }

  /** The bytes come to be here. */
  async has(bytes: Buffer, { own = false, opened = 0 }: { own?: boolean; opened?: number } = {}): Promise<string> {
    const taken = await this.blobs.store.take(Readable.from([bytes]), {});
    this.history.store.files.blobs.add(taken, own, opened);
    return taken.sha256;
  }

  /** What was told last of it. */
  view(sha256: string): TransferView | undefined {
    return this.told.findLast((view) => view.sha256 === sha256);
  }

  /** All that was looked at has been. */
  async settled(): Promise<void> {
    for (let turns = 0; turns < 20; turns++) await new Promise((resolve) => setImmediate(resolve));
  }

  private make(): [Room, Transfers] {
    const { store } = this.history;
    const scope = new Scope({
      store: store.files,
      filter: { hides: (user) => this.blocked.has(user), hidden: () => [...this.blocked] },
      channels: { has: (channel) => `#${channel}` !== left },
      conversations: () => store.conversations.all(),
    });
    const showing = (sha256: string): Entry[] => scope.showing(sha256);
    const room = new Room({
      ...{ blobs: this.blobs.store, store: store.files, showing },
      scope: () => scope.now(),
      quota: () => this.quota,
      space: { isLow: () => this.isLow, look: () => Promise.resolve({ free: this.free }) },
      inUse: () => false,
      gone: (sha256) => void this.gone.push(sha256),
    });
    const pace = new Pace({
      told: (view) => void this.told.push(view),
      removed: () => undefined,
      // Each is told at once.
      now: () => (this.now += 1_000),
      timers: { setTimeout: () => undefined, clearTimeout: () => undefined },
    });
    const transfers = new Transfers({
      ...{ blobs: this.blobs.store, store: store.files, mover: this.mover, pace, log: quiet, showing },
      room: (bytes) => room.find(bytes),
      arrived: (sha256) => void this.arrived.push(sha256),
      now: () => this.now,
      steady: () => this.now,
    });
    return [room, transfers];
  }
}
