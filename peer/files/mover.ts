/** Moves files between this device and others: performs over file links, into the store, what the machine of downloads says. */
import type { Entry } from '../../protocol/entry.js';
import { ParleyError } from '../../protocol/errors.js';
import { decodeChunks } from '../../protocol/file-messages.js';
import { chunkCount } from '../../protocol/files.js';
import type { DeviceId, EntryId } from '../../protocol/ids.js';
import type { Origins } from '../store/origins.js';
import type { Address, FileConnection, Link, Timers } from '../link/types.js';
import type { BlobStore } from './blob-store.js';
import { comingOf, isToTell, itemOf, outcomeOf, stored, type Item } from './coming.js';
import type { Arrival } from './download-ports.js';
import { Download } from './download.js';
import { FileLink, type BytesFollow, type Turns } from './file-link.js';
import { FileLinks } from './file-links.js';
import { offersOf, type OfferParts } from './offers.js';
import type { PartialFile } from './partial.js';
import type { FileMover, FileMoverEvents, Outcome, WantedFile } from './ports.js';
import { Serving } from './serving.js';

const TICK_MS = 500;
/** New entries, and channels joined since, make others able to serve. */
const OFFER_MS = 5_000;

export interface MoverParts extends OfferParts {
  readonly blobs: BlobStore;
  readonly dial: (target: Partial<Address> & { readonly device: DeviceId }) => Promise<FileConnection>;
  readonly entry: (id: EntryId) => Entry | undefined;
  readonly origins: Origins;
  /** Nobody who is linked has it: others may. */
  readonly seek: (file: WantedFile) => void;
  readonly now: () => number;
  readonly timers: Timers;
  readonly random: () => number;
  readonly turns?: Turns;
}

export class Mover implements FileMover {
  private readonly items = new Map<string, Item>();
  private readonly links: FileLinks<FileLink>;
  private readonly download: Download;
  private readonly serving: Serving;
  private timer: unknown;
  private offered = 0;
  private closed = false;
  private events: FileMoverEvents = { coming: () => undefined, over: () => undefined, going: () => undefined };

  constructor(private readonly parts: MoverParts) {
    const { dial, now, timers, random } = parts;
    const to = (device: DeviceId): FileLink | undefined => this.links.get(device);
    this.download = new Download(
      {
        connect: (device) => queueMicrotask(() => this.links.want(device)),
        close: (device) => queueMicrotask(() => to(device)?.close()),
        requestManifest: (device, entry) => to(device)?.send({ type: 'manifest_request', entry }),
        requestChunk: (device, entry, chunk) => to(device)?.send({ type: 'chunk_request', entry, chunk }),
        cancelChunk: (device, entry, chunk) => to(device)?.cancel(entry, chunk) ?? false,
        lied: (id, device) => {
          const chat = this.links.chat(device);
          if (chat) this.items.get(id)?.liars.add(chat.remote.username);
        },
        complete: (id) => void this.complete(id),
      },
      random,
    );
    this.serving = new Serving({
      ...parts,
      chat: (device) => this.links.chat(device),
      reach: (device) => queueMicrotask(() => this.links.want(device)),
      going: (file, over) => this.events.going(file, over),
    });
    this.links = new FileLinks<FileLink>({
      ...{ dial, now, timers, random },
      open: (connection) => this.opened(connection),
      up: (device) => this.download.linkUp(device, now()),
      down: (device) => this.download.linkDown(device, now()),
      state: (device) => {
        const link = to(device);
        const busy = link !== undefined && this.serving.serves(link);
        // Who is sent something hears what we ask only after it.
        return { asked: !busy && this.download.isAsked(device), busy };
      },
    });
  }

  /** Whom to tell from now on. */
  tellTo(events: FileMoverEvents): this {
    this.events = events;
    return this;
  }

  fetch(wanted: WantedFile): void {
    const { sha256 } = wanted.facts;
    if (this.items.has(sha256) || this.closed) return;
    const part = this.parts.blobs.partial(wanted.facts);
    const item = itemOf(wanted, part);
    this.items.set(sha256, item);
    this.wake();
    part.then(
      (open) => {
        if (this.items.get(sha256) !== item) return;
        item.open = open;
        const kept = { hasManifest: open.manifest !== undefined, has: (n: number) => open.has(n) };
        this.download.add(wanted.facts, kept, this.parts.now());
        this.offer();
        this.tell(item);
      },
      (error: unknown) => void this.over(item, outcomeOf(error)),
    );
  }

  async stop(sha256: string): Promise<void> {
    const item = this.items.get(sha256);
    if (!item) return;
    this.items.delete(sha256);
    this.download.remove(sha256, this.parts.now());
    const part = await item.part.catch(() => undefined);
    await Promise.allSettled(item.writes);
    if (part) await this.parts.blobs.rest(part);
  }

  arrived(sha256: string): void {
    this.serving.more(sha256);
    this.wake();
  }

  limit({ down, up, atOnce }: { readonly down: number; readonly up: number; readonly atOnce: number }): void {
    this.serving.limit(up);
    this.download.limit({ down, atOnce }, this.parts.now());
  }

  /** A connection for files that another side has dialled. */
  accept(connection: FileConnection): void {
    this.links.accepted(connection);
  }

  chatUp(chat: Link): void {
    if (!this.links.chatUp(chat)) return;
    this.wake();
    this.offer();
  }

  chatDown(chat: Link): void {
    this.links.chatDown(chat);
    this.download.gone(chat.remote.device, this.parts.now());
    this.serving.gone(chat.remote.device);
  }

  called(chat: Link): void {
    this.links.called(chat);
  }

  /** What came is kept. */
  async close(): Promise<void> {
    this.closed = true;
    this.parts.timers.clearTimeout(this.timer);
    this.links.close();
    await Promise.all([...this.items.keys()].map((sha256) => this.stop(sha256)));
  }

  /** Who may have what is wanted: whoever shares an entry of the same bytes. */
  private offer(): void {
    this.offered = this.parts.now();
    const chats = this.links.chats();
    for (const item of this.items.values()) {
      const { wanted } = item;
      if (!item.open) continue;
      const { now, heldBack } = offersOf(wanted, chats, this.parts);
      item.isHeldBack = heldBack;
      for (const { device, entries } of now) this.download.offer(wanted.facts.sha256, device, entries, this.offered);
      if (!this.download.get(wanted.facts.sha256)?.isKnown) this.parts.seek(wanted);
    }
  }

  private opened(connection: FileConnection): FileLink {
    const { now, blobs, turns } = this.parts;
    const { device } = connection.remote;
    const link = new FileLink(
      connection,
      {
        message: (from, message) => {
          switch (message.type) {
            case 'have':
              return this.have(device, message.entry, message.chunks);
            case 'file_refused':
              return this.download.refused(device, message.entry, message.chunk ?? 'manifest', message.code, now());
            default:
              return this.serving.ask(from, message);
          }
        },
        announced: (_from, message) => this.announced(device, message),
        nearlyHere: () => this.download.nearlyHere(device, now()),
        received: (_from, _message, bytes) => this.received(device, bytes),
        closed: (from) => {
          this.serving.closed(from);
          this.links.closed(device, from);
        },
      },
      { pool: blobs.pool, now, turns },
    );
    this.serving.opened(link);
    this.wake();
    return link;
  }

  private have(device: DeviceId, entry: EntryId, chunks: string): void {
    for (const [sha256, { wanted }] of this.items) {
      const holders = this.download.get(sha256)?.holders.values() ?? [];
      if (![...holders].some((holder) => holder.source.device === device && holder.offers(entry))) continue;
      const has = decodeChunks(chunks, chunkCount(wanted.facts.size));
      this.download.have(sha256, device, entry, has, this.parts.now());
    }
  }

  private announced(device: DeviceId, message: BytesFollow): void {
    const chunk = message.type === 'chunk' ? message.chunk : 'manifest';
    const transfer = this.download.expects(device, message.entry, chunk, this.parts.now());
    if (message.length !== transfer?.length(chunk)) throw new ParleyError('bad_request');
  }

  /** Never rejects. */
  private async received(device: DeviceId, bytes: Buffer): Promise<void> {
    const arrival = this.download.arrived(device, this.parts.now());
    const item = arrival.id === undefined ? undefined : this.items.get(arrival.id);
    if (!item?.open) return;
    const write = this.write(item, item.open, arrival, bytes);
    item.writes.add(write);
    await write.finally(() => item.writes.delete(write));
  }

  private async write(item: Item, part: PartialFile, arrival: Arrival, bytes: Buffer): Promise<void> {
    const { chunk, entry } = arrival;
    const through = this.parts.entry(entry)?.conversation;
    let outcome: 'ok' | 'wrong' | 'failed';
    try {
      outcome = await stored(part, chunk, bytes, through);
    } catch (error) {
      outcome = 'failed';
      // Paused meanwhile: it is not open any more, which is no failure.
      if (this.items.get(item.wanted.facts.sha256) === item) void this.over(item, outcomeOf(error));
    }
    if (outcome === 'ok' && chunk !== 'manifest') {
      item.speed.add(bytes.length, this.parts.now());
      this.serving.more(item.wanted.facts.sha256);
    }
    this.download.taken(arrival, outcome, this.parts.now());
    if (isToTell(item, this.parts.now())) this.tell(item);
  }

  private async complete(id: string): Promise<void> {
    const item = this.items.get(id);
    if (!item?.open) return;
    await Promise.allSettled(item.writes);
    if (this.items.get(id) !== item) return;
    // Still an item: it is served from while the last hash is looked at.
    const { open } = item;
    const done = open.complete(() => this.parts.origins.keep(id, open.origins()));
    item.writes.add(done.catch(() => undefined));
    try {
      const outcome = await done;
      this.serving.more(id);
      await this.over(item, outcome === 'complete' ? 'complete' : 'file_wrong');
    } catch (error) {
      await this.over(item, outcomeOf(error));
    }
  }

  private async over(item: Item, outcome: Outcome): Promise<void> {
    const { sha256 } = item.wanted.facts;
    const isWanted = this.items.get(sha256) === item;
    if (isWanted) await this.stop(sha256);
    // Stopped just then, it is here all the same: `stop` waits for it.
    if (isWanted || outcome === 'complete') this.events.over(sha256, outcome);
  }

  private tell(item: Item): void {
    const { sha256 } = item.wanted.facts;
    const transfer = this.download.get(sha256);
    if (this.items.get(sha256) !== item || !item.open || !transfer) return;
    item.toldAt = this.parts.now();
    this.events.coming(comingOf(item, item.open, transfer, (device) => this.links.chat(device), item.toldAt));
  }

  private wake(): void {
    if (this.timer !== undefined || this.closed) return;
    this.timer = this.parts.timers.setTimeout(() => {
      this.timer = undefined;
      this.tick();
      if (this.items.size > 0 || this.serving.isBusy) this.wake();
    }, TICK_MS);
  }

  private tick(): void {
    const now = this.parts.now();
    this.download.tick(now);
    this.links.tick();
    if (now - this.offered >= OFFER_MS) this.offer();
    for (const item of this.items.values()) this.tell(item);
    this.serving.tick();
  }
}
