/** What others get from here: which of it whom, how fast, and what the user is told of it. */
import type { Entry } from '../../protocol/entry.js';
import { fileFacts } from '../../protocol/file-facts.js';
import type { DeviceId, EntryId, Username } from '../../protocol/ids.js';
import type { Link, Timers } from '../link/types.js';
import type { Origins } from '../store/origins.js';
import { Askers } from './askers.js';
import type { BlobFacts, BlobStore } from './blob-store.js';
import { BufferPool } from './buffer-pool.js';
import type { FileLink } from './file-link.js';
import type { Going } from './ports.js';
import { FileServer, type Served } from './serve.js';
import { SpeedOf } from './speed.js';

/** Chunks of all links together that are read to be sent. */
const BUFFERS_MAX = 8;
/** So long a device may read nothing of what is sent to it: of pieces of 64 KiB, that is 0.5 KB a second. */
const READ_MS = 120_000;
/** The same where it holds a buffer that others could use. */
const SHARED_READ_MS = 10_000;
/** Of more of a file it is told so often. */
const TELL_MS = 1_000;
/** Less than the silence after which the other side ends the link (SPEC.md section 7). */
const WAIT_MS = 10_000;
/** After so long without a request it is told that somebody has what they wanted. */
const OVER_MS = 5_000;
/** The user is told so often of what goes. */
const GOING_MS = 250;

export interface ServingParts {
  readonly blobs: BlobStore;
  readonly entry: (id: EntryId) => Entry | undefined;
  readonly origins: Origins;
  readonly shares: (chat: Link, entry: Entry) => boolean;
  readonly chat: (device: DeviceId) => Link | undefined;
  /** A file link to that device is needed. */
  readonly reach: (device: DeviceId) => void;
  readonly going: (file: Going, over: boolean) => void;
  readonly now: () => number;
  readonly timers: Timers;
}

/** Of one file, to one user. */
interface Sent {
  readonly sha256: string;
  readonly entry: EntryId;
  readonly user: Username;
  readonly speed: SpeedOf;
  bytes: number;
  at: number;
  told: number;
  toldAt: number;
}

export class Serving {
  private readonly servers = new Map<FileLink, FileServer>();
  private readonly sent = new Map<string, Sent>();
  private readonly buffers = new BufferPool(BUFFERS_MAX);
  private readonly askers = new Askers();
  private grown = new Set<string>();
  private toldAt = 0;
  /** Bytes a second; 0: no limit. */
  private up = 0;
  private upAt = 0;

  constructor(private readonly parts: ServingParts) {}

  get isBusy(): boolean {
    return this.servers.size > 0 || this.sent.size > 0 || this.grown.size > 0;
  }

  limit(up: number): void {
    this.up = up;
    this.upAt = 0;
  }

  opened(link: FileLink): void {
    const { device, username } = link.remote;
    const parts = {
      find: (entry: EntryId) => this.find(device, entry),
      asked: (entry: EntryId, file: Served | undefined) => {
        const shown = file ? undefined : this.parts.entry(entry);
        const sha256 = file?.sha256 ?? (shown && fileFacts(shown)?.sha256);
        this.askers.asked(device, entry, { sha256, refused: !file });
      },
      pool: this.buffers,
      allowed: (bytes: number) => this.allowed(bytes),
      sent: (file: Served, entry: EntryId, bytes: number) => this.tellSent(file, entry, username, bytes),
    };
    this.servers.set(link, new FileServer(link, parts, this.parts.now));
    this.tellOwed();
  }

  /** It is not linked any more. */
  gone(device: DeviceId): void {
    this.askers.gone(device);
  }

  /** More of that file is here. */
  more(sha256: string): void {
    this.grown.add(sha256);
  }

  closed(link: FileLink): void {
    this.servers.delete(link);
  }

  serves(link: FileLink): boolean {
    return this.servers.get(link)?.isBusy ?? false;
  }

  /** @throws as `FileServer.ask` */
  ask(link: FileLink, message: Parameters<FileServer['ask']>[0]): void {
    this.servers.get(link)?.ask(message);
  }

  tick(): void {
    const now = this.parts.now();
    const isShort = this.buffers.wasShort;
    this.buffers.wasShort = false;
    for (const [link, { writingSince, isShared }] of this.servers) {
      const limit = isShared && isShort ? SHARED_READ_MS : READ_MS;
      if (writingSince !== undefined && now - writingSince > limit) link.close();
    }
    if (this.grown.size > 0 && now - this.toldAt >= TELL_MS) {
      this.toldAt = now;
      this.askers.grown(this.grown);
      this.grown = new Set();
      this.tellOwed();
    }
    for (const [key, sent] of this.sent) {
      const isOver = now - sent.at >= OVER_MS;
      if (isOver) this.sent.delete(key);
      if (isOver || sent.told < sent.bytes) this.tellGoing(sent, now, isOver);
    }
  }

  /**
   * What is given for an entry is what came through its conversation, or what this user has shown there: who only knows what a
   * file is called by is told as little as of one that is not here.
   */
  private find(device: DeviceId, id: EntryId): Served | undefined {
    const { blobs, entry: entryOf, origins, shares } = this.parts;
    const chat = this.parts.chat(device);
    const entry = chat && entryOf(id);
    const facts = entry && fileFacts(entry);
    if (!facts || !shares(chat, entry) || !origins.isShown(id)) return undefined;
    const { sha256, size } = facts;
    const { conversation } = entry;
    const isOwn = origins.isOwn(sha256, conversation);
    const here = blobs.facts(sha256);
    if (here && isSame(here, facts)) {
      const has = isOwn ? () => true : origins.came(sha256, conversation);
      const read: Served['read'] = (n, into, from) => blobs.readChunk(sha256, n, into, from);
      return has && { sha256, size, has, manifest: () => blobs.manifest(sha256), read };
    }
    const part = blobs.openPart(facts);
    if (!part || !(isOwn || part.isFrom(conversation))) return undefined;
    const has = (n: number): boolean => (isOwn ? part.has(n) : part.cameThrough(n, conversation));
    const manifest = (): Promise<Buffer | undefined> => Promise.resolve(part.manifest);
    return { sha256, size, has, manifest, read: (n, into, from) => part.readChunk(n, into, from) };
  }

  private tellOwed(): void {
    const open = new Map([...this.servers].map(([link, server]) => [link.remote.device, server]));
    for (const { device, entry, refused } of this.askers.owing()) {
      const server = open.get(device);
      server?.tell(entry);
      // Who had some of it asks for more by themselves.
      if (!server && refused && this.find(device, entry)) this.parts.reach(device);
      else this.askers.settled(device, entry);
    }
  }

  private tellSent({ sha256 }: Served, entry: EntryId, user: Username, bytes: number): void {
    const key = `${sha256} ${entry} ${user}`;
    const now = this.parts.now();
    const none = { sha256, entry, user, bytes: 0, at: now, told: 0, toldAt: -Infinity, speed: new SpeedOf() };
    const sent: Sent = this.sent.get(key) ?? none;
    this.sent.set(key, sent);
    sent.bytes += bytes;
    sent.at = now;
    sent.speed.add(bytes, now);
    if (now - sent.toldAt >= GOING_MS) this.tellGoing(sent, now, false);
  }

  private tellGoing(sent: Sent, now: number, isOver: boolean): void {
    const { sha256, entry, user, bytes, speed } = sent;
    [sent.told, sent.toldAt] = [bytes, now];
    this.parts.going({ sha256, entry, user, sent: bytes, speed: isOver ? 0 : speed.of(now) }, isOver);
  }

  /** Within the limit: so many bytes after those before. */
  private allowed(bytes: number): Promise<boolean> {
    const now = this.parts.now();
    if (this.up <= 0) return Promise.resolve(true);
    const at = Math.max(this.upAt, now);
    if (at - now > WAIT_MS) return Promise.resolve(false);
    this.upAt = at + (bytes * 1_000) / this.up;
    if (at <= now) return Promise.resolve(true);
    return new Promise((go) => void this.parts.timers.setTimeout(() => go(true), at - now));
  }
}

function isSame(a: BlobFacts, b: BlobFacts): boolean {
  return a.size === b.size && a.chunks === b.chunks;
}
