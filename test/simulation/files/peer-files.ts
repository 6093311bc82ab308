/** The files of one simulated device: what lasts of them, and the machines of the process that runs. */
import { join } from 'node:path';
import { Readable } from 'node:stream';
import type { Candidate } from '../../../peer/core/dialler-options.js';
import type { BlobFacts, Taken } from '../../../peer/files/blob-store.js';
import { writeAt } from '../../../peer/files/chunk-io.js';
import { Seeker } from '../../../peer/files/seeker.js';
import { isWithheld, shares } from '../../../peer/mesh/sharing.js';
import type { FileConnection, Link } from '../../../peer/link/types.js';
import {
  conversationParts,
  userKey,
  type ChannelName,
  type ConversationId,
  type DeviceId,
  type Username,
} from '../../../protocol/ids.js';
import type { Entry } from '../../../protocol/entry.js';
import { ParleyError } from '../../../protocol/errors.js';
import { chunkLength, FILE_CHUNK } from '../../../protocol/files.js';
import type { FilePreferences } from '../../../protocol/local-api.js';
import type { Disk } from '../disk.js';
import type { Lifetime } from '../lifetime.js';
import type { Paths } from '../paths.js';
import type { Random } from '../random.js';
import type { Schedule } from '../schedule.js';
import type { Side } from '../side.js';
import type { Content } from './contents.js';
import type { FileHost, FileNetwork } from './file-network.js';
import { BLOBS, type FileMachines, type openFiles } from './file-machines.js';
import { FileTables, type TablesImage } from './file-tables.js';
import { MemoryDisk } from './memory-disk.js';
import { SharedPool } from './shared-pool.js';

type Publish = (path: string, facts: BlobFacts, list: Buffer) => Promise<void>;

/** The device whose files they are. */
export interface FileDevice extends FileHost {
  readonly name: string;
  readonly disk: Disk;
  readonly joined: Set<ChannelName>;
  /** Its disk takes this much longer. */
  readonly slowness: number;
  /** By its own clock. */
  now(): number;
  isIn(conversation: ConversationId): boolean;
  candidates(): readonly Candidate[];
  readonly paths: Pick<Paths, 'dialFiles'> | undefined;
  post(conversation: ConversationId, message: string, client?: string, kind?: string, data?: object): Promise<Entry>;
}

export interface PeerFilesWorld {
  readonly schedule: Schedule;
  readonly random: Random;
  readonly network: FileNetwork;
  readonly open: typeof openFiles;
  readonly spareBuffers: Buffer[];
  unsettled(): void;
  /** The machines of a process have begun. */
  began(files: PeerFiles, machines: FileMachines): void;
  /** Its disk is another one now. */
  restored(files: PeerFiles): void;
  wrong(what: string): void;
}

export interface FilesImage {
  readonly blobs: ReturnType<MemoryDisk['image']>;
  readonly tables: TablesImage;
}

const AGAIN_MS = 1_000;
const ANSWER_MS = 5_000;
export const PREFERENCES: FilePreferences = {
  ...{ auto: 'none', autoKinds: 'all', autoMax: 2 ** 30, down: 0, up: 0, atOnce: 4, quota: 2 ** 40 },
};

export class PeerFiles {
  readonly disk: MemoryDisk;
  readonly tables: FileTables;
  preferences: FilePreferences = PREFERENCES;
  readonly blocked = new Set<ReturnType<typeof userKey>>();
  machines: FileMachines | undefined;
  pool: SharedPool;
  readonly seeker: Seeker;
  private process: Lifetime | undefined;

  constructor(
    private readonly world: PeerFilesWorld,
    readonly peer: FileDevice,
  ) {
    const { random, schedule } = world;
    this.disk = new MemoryDisk({
      later: (done) =>
        this.process?.after(random.between(0.1, 0.8) * peer.slowness, () => {
          done();
          world.unsettled();
        }),
      random,
      isFull: () => peer.disk.full,
      isFailing: () => peer.disk.failing && random.chance(0.3),
    });
    this.tables = new FileTables(
      () => peer.disk.files,
      () => schedule.now,
    );
    this.pool = new SharedPool(world.spareBuffers);
    this.seeker = new Seeker(() => schedule.now, random.next);
  }

  /** With the process of its device. */
  start(process: Lifetime): void {
    this.process = process;
    this.pool = new SharedPool(this.world.spareBuffers);
    this.open(process);
    this.world.unsettled();
  }

  /** With its process; what was being written may be there or not. */
  end(how: 'stop' | 'kill' | 'power'): void {
    const { world, peer, disk, tables } = this;
    this.machines = undefined;
    this.process = undefined;
    world.network.ended(peer, how === 'power');
    disk.killed();
    if (how === 'power') {
      disk.powerFails();
      tables.powerFails((n) => world.random.int(n));
    }
    this.pool.end();
  }

  accept(connection: FileConnection): void {
    if (this.machines) this.machines.mover.accept(connection);
    else connection.socket.destroy();
    this.world.unsettled();
  }

  linked(side: Side): void {
    this.machines?.mover.chatUp(side);
    this.world.unsettled();
  }

  unlinked(side: Side): void {
    this.machines?.mover.chatDown(side);
    this.world.unsettled();
  }

  called(side: Side): void {
    this.machines?.mover.called(side);
    this.world.unsettled();
  }

  added(entries: readonly Entry[], own: boolean): void {
    const { files } = this.peer.disk;
    const about = entries.filter(({ kind }) => kind === 'file' || kind === 'delete');
    if (about.length === 0 || !this.machines) return;
    const changed = about.flatMap((entry) => files.takenBack(entry)?.id ?? []);
    const deleted = changed.length > 0 || about.some((entry) => files.isDeleted(entry));
    this.machines.service.added(about, own, { changed, deleted });
    this.world.unsettled();
  }

  /** The user has left or joined a channel, blocks others, or has chosen otherwise. */
  look(): void {
    this.machines?.service.preferencesChanged();
    this.world.unsettled();
  }

  /** Takes a file of the user's own in. @throws (rejects) as the store */
  async give(content: Content): Promise<void> {
    const { machines } = this;
    if (!machines) throw new Error('not running');
    Object.assign(machines.blobs, { take: () => this.upload(machines, content) });
    await machines.service.take(Readable.from([]), {});
  }

  image(): FilesImage {
    return { blobs: this.disk.image(), tables: this.tables.image() };
  }

  restore({ blobs, tables }: FilesImage): void {
    this.tables.restore(tables);
    this.world.restored(this);
    // The folder is part of a backup, or was left as it is, or is lost.
    if (this.world.random.chance(0.6)) this.disk.restore(blobs);
    else if (this.world.random.chance(0.3)) this.disk.restore(new Map());
  }

  /** As `BlobStore.take`, but the bytes do not come as a stream. */
  private async upload({ blobs }: FileMachines, { facts, bodies, manifest }: Content): Promise<Taken> {
    const path = join(BLOBS, 'partial', `upload-${this.world.random.text(12)}`);
    const file = await this.disk.open(path, 'w');
    for (const [n, body] of bodies.entries()) {
      await this.pool.with((buffer) => {
        body.copy(buffer);
        return writeAt(file, buffer.subarray(0, chunkLength(facts.size, n)), n * FILE_CHUNK);
      });
    }
    await file.sync();
    await (Reflect.get(blobs, 'publish') as Publish).call(blobs, path, facts, manifest);
    return { ...facts, mime: '' };
  }

  private open(process: Lifetime): void {
    const { world, peer, disk, tables, pool } = this;
    const { random, schedule } = world;
    const later = (run: () => void): (() => void) => {
      return () => {
        run();
        world.unsettled();
      };
    };
    const opened = world.open({
      ...{ disk, pool, store: tables.store, random: random.next, now: () => schedule.now },
      self: { username: peer.username },
      clock: { now: () => peer.now() },
      timers: { ...process.timers, setTimeout: (run, ms) => process.timers.setTimeout(later(run), ms) },
      dial: ({ host, port = 0, device }) =>
        host === undefined ? meetFiles(peer, device) : world.network.dial(peer, { host, port, device }),
      entry: (id) => peer.disk.files.get(id),
      origins: tables.origins(peer.username),
      entriesOf: (sha256) => peer.disk.files.of(sha256),
      shares: (link, entry) => this.shares(link, entry),
      seek: (file) => this.seeker.seek(file, peer.candidates(), (device) => peer.links.has(device)),
      filter: { hides: (user) => this.blocked.has(userKey(user)), hidden: () => [...this.blocked] },
      personal: {
        preferences: { view: () => ({ files: this.preferences }) },
        people: { of: () => ({}) },
        autoFetch: () => undefined,
      },
      channels: peer.joined,
      conversations: () => [...peer.disk.conversations()],
      space: {
        isLow: () => peer.disk.full,
        look: () => Promise.resolve({ free: peer.disk.full ? 0 : 2 ** 50 }),
      },
      bug: (error) => world.wrong(`${peer.name}: ${String(error)}`),
    });
    opened.then(
      (machines) => {
        if (this.process !== process) return;
        this.machines = machines;
        // Its user lets large files come over a relay after a while.
        machines.events.on('file', ({ sha256, code }) => {
          if (code !== 'relayed') return;
          const answer = (): void => void machines.service.fetch(sha256, undefined, true).catch(() => undefined);
          process.after(ANSWER_MS, later(answer));
        });
        machines.service.start();
        for (const side of peer.links.values()) machines.mover.chatUp(side);
        world.began(this, machines);
        world.unsettled();
      },
      // A full disk: its user starts it again.
      () =>
        process.after(
          AGAIN_MS,
          later(() => this.open(process)),
        ),
    );
  }

  /** As in core.ts. */
  private shares({ remote, channels }: Pick<Link, 'remote' | 'channels'>, entry: Entry): boolean {
    const { username, joined } = this.peer;
    return (
      shares(entry.conversation, { username, channels: joined }, { ...remote, channels }) &&
      !isWithheld(entry.conversation, false, { username }, remote)
    );
  }
}

/** Whether a device of that user is of that conversation, as far as its name and channels say. */
export function isOf(
  conversation: ConversationId,
  { username, channels }: { username: Username; channels: ReadonlySet<string> },
): boolean {
  const parts = conversationParts(conversation);
  if (!parts) return false;
  return parts.kind === 'channel' ? channels.has(parts.channel) : parts.users.includes(userKey(username));
}

function meetFiles({ paths }: FileDevice, device: DeviceId): Promise<FileConnection> {
  return paths?.dialFiles(device) ?? Promise.reject(new ParleyError('unavailable'));
}
