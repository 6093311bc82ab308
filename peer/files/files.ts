/**
 * Files, as the user deals with them (SPEC.md section 7): bytes are taken in and given out, those of others come when they are asked
 * for or by the user's rules, and go when nobody needs them or there is no room. Nothing is shown of whom the user blocks.
 */
import type { Readable } from 'node:stream';
import type { Entry } from '../../protocol/entry.js';
import { ParleyError } from '../../protocol/errors.js';
import { fileFacts } from '../../protocol/file-facts.js';
import { sameUser, userKey, type ConversationId, type EntryId, type Username } from '../../protocol/ids.js';
import type { FilePreferences, FileUsage, FileView, TransferView } from '../../protocol/local-api.js';
import { SteadyClock } from '../clock/steady-clock.js';
import type { Clock, FileListRequest, Files, Log, OpenFile, PeerEmitter, TakenFile } from '../services.js';
import { comesByItself } from './auto-fetch.js';
import type { BlobStore } from './blob-store.js';
import { fileView } from './file-view.js';
import { Pace } from './pace.js';
import type { FileMover, FileMoverEvents } from './ports.js';
import { Room, type CleanRequest } from './room.js';
import { Scope, type ScopeParts } from './scope.js';
import { dropUnneeded, tidy } from './tidy.js';
import { Transfers } from './transfers.js';
import { userIn, visible } from './visible.js';

/** While something waits for room, it is looked for again. */
const ROOM_MS = 10_000;

export interface FilesParts extends ScopeParts {
  readonly self: { readonly username: Username };
  readonly blobs: BlobStore;
  readonly personal: {
    readonly preferences: { view(): { readonly files: FilePreferences } };
    readonly people: { of(user: ReturnType<typeof userKey>): { readonly friend?: boolean } };
    autoFetch(id: ConversationId): 'all' | 'none' | undefined;
  };
  /** `isLow`: the disk has too little room for what others give. */
  readonly space: { isLow(): boolean; look(): Promise<{ readonly free: number }> };
  readonly events: PeerEmitter;
  readonly clock: Clock;
  readonly log: Log;
  readonly mover: (events: FileMoverEvents) => FileMover;
  readonly timers: { setTimeout(run: () => void, ms: number): unknown; clearTimeout(timer: unknown): void };
}

export class FileService implements Files {
  private readonly transfersOf: Transfers;
  private readonly rooms: Room;
  private readonly scope: Scope;
  private readonly mover: FileMover;
  private timer: unknown;
  private closed = false;
  private readonly work = new Set<Promise<unknown>>();
  /** What is being sent to somebody. */
  private readonly going = new Set<string>();

  constructor(private readonly parts: FilesParts) {
    const { blobs, store, events, clock, timers, log } = parts;
    const steady = new SteadyClock(clock);
    const pace = new Pace({
      told: (view) => {
        const shown = this.shown(view);
        if (shown) events.emit('file', shown);
      },
      removed: (id) => {
        const user = userIn(id);
        if (user === undefined || !parts.filter.hides(user)) events.emit('file_removed', id);
      },
      now: () => steady.now(),
      timers,
    });
    this.mover = parts.mover({
      coming: (file) => this.transfersOf.coming(file),
      over: (sha256, outcome) => this.transfersOf.over(sha256, outcome),
      going: (file, over) => {
        if (over) this.going.delete(file.sha256);
        else this.going.add(file.sha256);
        this.transfersOf.going(file, over);
      },
    });
    this.scope = new Scope(parts);
    this.rooms = new Room({
      ...{ blobs, store, space: parts.space },
      quota: () => parts.personal.preferences.view().files.quota,
      inUse: (sha256) => this.going.has(sha256),
      gone: (sha256) => this.tellChanged(sha256),
      scope: () => this.scope.now(),
      showing: (sha256) => this.scope.showing(sha256),
    });
    this.transfersOf = new Transfers({
      ...{ blobs, store, mover: this.mover, pace, log },
      showing: (sha256) => this.scope.showing(sha256),
      room: (bytes) => this.rooms.find(bytes),
      arrived: (sha256) => this.arrived(sha256, false),
      now: () => clock.now(),
      steady: () => steady.now(),
    });
  }

  /** Once the history is there. */
  start(): void {
    const { blobs, store, self, clock, log } = this.parts;
    this.preferencesChanged();
    this.do(async () => {
      const options = { self: self.username, now: clock.now(), log };
      await tidy(blobs, store, options);
      this.transfersOf.start();
      this.lookForRoom();
      const mended = await blobs.mend();
      if (mended.length > 0) log.warn({ files: mended.length }, 'files lay here without the hashes of their chunks');
      for (const { sha256 } of mended) await this.transfersOf.forget(sha256);
      if (mended.length > 0) await tidy(blobs, store, options);
      for (const { sha256 } of mended) this.tellChanged(sha256);
    });
  }

  async take(body: Readable, about: { readonly mime?: string; readonly length?: number }): Promise<TakenFile> {
    const { blobs } = this.parts;
    const { sha256, size, chunks, mime } = await blobs.take(body, about);
    this.arrived(sha256, true);
    this.mover.arrived(sha256);
    await this.transfersOf.forget(sha256);
    return { sha256, size, chunks, mime };
  }

  async taken(sha256: string, claimed = ''): Promise<TakenFile | undefined> {
    const { blobs } = this.parts;
    const facts = blobs.facts(sha256);
    return facts && { ...facts, mime: await blobs.mime(sha256, claimed) };
  }

  async open(sha256: string): Promise<OpenFile | undefined> {
    const { blobs, store, clock } = this.parts;
    const facts = blobs.facts(sha256);
    if (!facts) return undefined;
    const [entry] = this.scope.showing(sha256);
    // What was taken in is the user's own to look at before it is sent.
    if (!entry && (store.entriesOf(sha256).length > 0 || store.blobs.get(sha256)?.own !== true)) return undefined;
    const said = entry && fileFacts(entry);
    const mime = await blobs.mime(sha256, said?.mime ?? '');
    store.blobs.opened(sha256, clock.now());
    return { size: facts.size, mime, name: said?.name ?? 'file', read: (start, end) => blobs.read(sha256, start, end) };
  }

  isHere(sha256: string): boolean {
    return this.parts.blobs.has(sha256);
  }

  async fetch(sha256: string, conversation?: ConversationId, relayed?: boolean): Promise<void> {
    if (this.isHere(sha256) && this.scope.showing(sha256).length > 0) return;
    this.transfersOf.want(sha256, conversation, relayed);
  }

  async pause(sha256: string): Promise<void> {
    await this.transfersOf.pause(sha256);
  }

  async cancel(sha256: string): Promise<void> {
    await this.transfersOf.cancel(sha256);
  }

  pin(sha256: string, on: boolean): void {
    if (!this.isHere(sha256)) throw new ParleyError('not_found', 'That file is not here. Fetch it first.');
    this.parts.store.blobs.pin(sha256, on);
  }

  list({ conversation, ...request }: FileListRequest): { files: FileView[]; more: boolean } {
    const { store } = this.parts;
    const scope = this.scope.now();
    const where = conversation === undefined ? scope.conversations : [conversation];
    const { entries, more } = store.list({ ...request, ...scope, conversations: where });
    const views = entries.map((entry) =>
      fileView(entry, (sha256) =>
        this.isHere(sha256) ? { pinned: store.blobs.get(sha256)?.pinned === true } : undefined,
      ),
    );
    return { files: views.flatMap((view) => view ?? []), more };
  }

  usage(): Promise<FileUsage> {
    return this.rooms.usage();
  }

  async clean(request: CleanRequest): Promise<number> {
    const freed = await this.rooms.clean(request);
    this.transfersOf.look();
    return freed;
  }

  transfers(): TransferView[] {
    return this.transfersOf.views().flatMap((view) => this.shown(view) ?? []);
  }

  private shown(view: TransferView): TransferView | undefined {
    return visible(view, this.scope.showing(view.sha256), this.parts.filter.hides);
  }

  /** Entries were committed. @param deleted whether something was taken back, of `changed` or of the entries themselves */
  added(
    entries: readonly Entry[],
    own: boolean,
    { changed, deleted }: { changed: readonly EntryId[]; deleted: boolean },
  ): void {
    for (const entry of entries) {
      const facts = fileFacts(entry);
      if (!facts) continue;
      const here = this.parts.blobs.facts(facts.sha256);
      if (own && here) this.parts.store.blobs.add(here, true, this.parts.clock.now());
      if (!here) this.transfersOf.shown(facts.sha256);
      if (!here && this.comesByItself(entry)) this.wantQuietly(facts.sha256);
    }
    if (deleted) this.dropTakenBack([...changed, ...entries.map(({ id }) => id)]);
  }

  /** The user blocks others than before, has left or joined a channel, or there is more or less room. */
  look(): void {
    this.transfersOf.look();
  }

  preferencesChanged(): void {
    const { down, up, atOnce } = this.parts.personal.preferences.view().files;
    this.mover.limit({ down, up, atOnce });
    this.transfersOf.look();
  }

  async close(): Promise<void> {
    this.closed = true;
    this.parts.timers.clearTimeout(this.timer);
    this.transfersOf.close();
    await Promise.allSettled(this.work);
  }

  private comesByItself(entry: Entry): boolean {
    const { self, filter, personal, clock } = this.parts;
    const facts = fileFacts(entry);
    if (!facts || !this.scope.showing(facts.sha256).some(({ id }) => id === entry.id)) return false;
    return comesByItself({
      facts,
      ...{ time: Date.parse(entry.time), now: clock.now(), conversation: personal.autoFetch(entry.conversation) },
      author: {
        own: sameUser(entry.from, self.username),
        friend: personal.people.of(userKey(entry.from)).friend === true,
        blocked: filter.hides(entry.from),
      },
      preferences: personal.preferences.view().files,
    });
  }

  /** By a rule: what cannot be kept now was asked for by nobody. */
  private wantQuietly(sha256: string): void {
    if (this.transfersOf.has(sha256)) return;
    try {
      this.transfersOf.want(sha256);
    } catch (err) {
      this.parts.log.warn({ err }, 'a file could not be asked for');
    }
  }

  private arrived(sha256: string, own: boolean): void {
    const { blobs, store, clock } = this.parts;
    const facts = blobs.facts(sha256);
    if (!facts) return;
    store.blobs.add(facts, own, clock.now());
    this.tellChanged(sha256);
  }

  /** Its entries look different: the bytes have come or gone. */
  private tellChanged(sha256: string): void {
    const ids = new Map<ConversationId, EntryId[]>();
    for (const { conversation, id } of this.scope.showing(sha256))
      ids.set(conversation, [...(ids.get(conversation) ?? []), id]);
    for (const [conversation, changed] of ids) this.parts.events.emit('changed', { conversation, ids: changed });
  }

  private dropTakenBack(changed: readonly EntryId[]): void {
    const { blobs, store } = this.parts;
    this.do(async () => {
      for (const sha256 of store.unneeded(changed)) await this.transfersOf.forget(sha256);
      await dropUnneeded(blobs, store, changed);
    });
  }

  private lookForRoom(): void {
    if (this.closed) return;
    this.timer = this.parts.timers.setTimeout(() => {
      if (this.transfersOf.isShort) this.transfersOf.look();
      this.lookForRoom();
    }, ROOM_MS);
  }

  private do(work: () => Promise<void>): void {
    const done = work()
      .catch((err: unknown) => this.parts.log.error({ err }, 'files could not be put in order'))
      .finally(() => this.work.delete(done));
    this.work.add(done);
  }
}
