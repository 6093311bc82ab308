/**
 * One conversation from a place on, each entry once, whatever becomes of the connection: what comes is told by events, and after a
 * reconnection what came since the last one is asked for, in the order of arrival.
 */
import { isParleyError } from '../../protocol/errors.js';
import { HISTORY_PAGE_MAX } from '../../protocol/limits.js';
import type { EntryView } from '../../protocol/local-api.js';
import type { PeerEvent, PeerSocket } from '../process/peer-socket.js';

/** So many ids are remembered: what an event and a page both tell is printed once, and one that is gone has one before it. */
const KNOWN_MAX = 2000;
/** Waiting for a slow reader: beyond it the daemon is not read. */
const WAITING_MAX = 1000;

export interface FollowerOptions {
  readonly conversation: string;
  /** Resolves when the next one may come. */
  readonly print: (entry: EntryView) => Promise<void>;
}

export type Beginning = { readonly limit: number } | { readonly since: string };

/** What it needs of a connection. */
export type FollowedSocket = Pick<PeerSocket, 'run' | 'pause'>;

export class Follower {
  /** Ids in the order in which they were printed. */
  private readonly known = new Set<string>();
  /** Empty while pages are read. */
  private readonly waiting: EntryView[] = [];
  private socket: FollowedSocket | undefined;
  /** How many to begin with; undefined once it is known where to go on. */
  private limit: number | undefined;
  /** Pages are being read, over the same socket: it is not paused, and what events tell meanwhile is read from another page. */
  private catchingUp = true;
  /** An event told something since the last page was asked for. */
  private behind = false;
  /** What events told since the first page was asked for; absent later. */
  private heard: Set<string> | undefined;
  private begun = false;
  private working = false;
  private printed: Promise<void> = Promise.resolve();
  private fail: (error: unknown) => void = () => undefined;
  private readonly failed = new Promise<never>((_resolve, reject) => (this.fail = reject));

  constructor(private readonly options: FollowerOptions) {
    // Whoever waits is told.
    this.failed.catch(() => undefined);
  }

  /** Never resolves. @throws (rejects with) what the daemon refuses */
  begin(socket: FollowedSocket, from: Beginning): Promise<never> {
    if ('since' in from) this.remember(from.since);
    else this.limit = from.limit;
    this.begun = true;
    this.read(socket);
    return this.failed;
  }

  /** The daemon has ended: what is there to be printed is read from the next one. */
  down(): void {
    this.catchingUp = true;
    this.waiting.length = 0;
  }

  /** The daemon is there again. Before the beginning nothing follows from it. */
  connected(socket: FollowedSocket): void {
    if (this.begun) this.read(socket);
  }

  hear(event: PeerEvent): void {
    if (event.type !== 'entries' || event.conversation !== this.options.conversation) return;
    if (this.catchingUp) {
      this.behind = true;
      for (const { id } of event.entries) this.heard?.add(id);
      return;
    }
    this.waiting.push(...event.entries);
    if (this.waiting.length > WAITING_MAX) this.socket?.pause(true);
    void this.work().catch(this.fail);
  }

  private read(socket: FollowedSocket): void {
    this.down();
    this.socket = socket;
    const { limit } = this;
    const reading =
      limit === undefined ? this.catchUp(socket, [...this.known].reverse()) : this.latest(socket, Math.max(0, limit));
    reading.catch((error: unknown) => {
      // It has ended again: the next connection does it.
      if (!isParleyError(error) || error.code !== 'unavailable') this.fail(error);
    });
  }

  /** The last ones, as they stand. What came after the last of them and stands before them is passed over. */
  private async latest(socket: FollowedSocket, limit: number): Promise<void> {
    const { conversation } = this.options;
    const heard = (this.heard = new Set<string>());
    const { entries } = await socket.run('history.page', { conversation, limit: Math.max(1, limit) });
    const passed: string[] = [];
    const live: EntryView[] = [];
    let since = entries.at(-1)?.id;
    for (let newer = since !== undefined; newer && since !== undefined;) {
      const page = await socket.run('history.page', { conversation, since, limit: HISTORY_PAGE_MAX });
      for (const entry of page.entries) {
        if (heard.has(entry.id)) live.push(entry);
        else passed.push(entry.id);
      }
      since = page.entries.at(-1)?.id ?? since;
      newer = page.newer;
    }
    if (socket !== this.socket) return;
    this.heard = undefined;
    this.limit = undefined;
    // Before, so that a restart does not print them; and after, because they came last.
    for (const id of passed.slice(-KNOWN_MAX)) this.remember(id);
    for (const entry of entries) {
      if (limit > 0 || heard.has(entry.id)) await this.print(entry);
      else this.remember(entry.id);
    }
    for (const id of passed.slice(-KNOWN_MAX)) this.remember(id);
    for (const entry of live) await this.print(entry);
    await this.catchUp(socket, since === undefined ? [] : [since]);
  }

  /** @param places ids to begin after, the first that is there */
  private async catchUp(socket: FollowedSocket, places: readonly string[]): Promise<void> {
    const { conversation } = this.options;
    let [since, rest] = [places[0], places.slice(1)];
    for (let newer = true; newer && socket === this.socket;) {
      this.behind = false;
      if (since === undefined) {
        const entries = await everything(socket, conversation);
        for (const entry of entries) await this.print(entry);
        since = entries.at(-1)?.id;
        newer = this.behind;
        continue;
      }
      try {
        const page = await socket.run('history.page', { conversation, since, limit: HISTORY_PAGE_MAX });
        for (const entry of page.entries) if (socket === this.socket) await this.print(entry);
        since = page.entries.at(-1)?.id ?? since;
        newer = page.newer || this.behind;
      } catch (error) {
        // It was taken out of the history: then the one before it is the place.
        if (!isParleyError(error) || error.code !== 'not_found' || rest.length === 0) throw error;
        [since, rest] = [rest[0], rest.slice(1)];
      }
    }
    if (socket !== this.socket) return;
    this.catchingUp = false;
    await this.work();
  }

  private async work(): Promise<void> {
    if (this.working) return;
    this.working = true;
    try {
      while (!this.catchingUp) {
        const entry = this.waiting.shift();
        if (!entry) break;
        await this.print(entry);
      }
      if (!this.catchingUp) this.socket?.pause(false);
    } finally {
      this.working = false;
    }
  }

  private async print(entry: EntryView): Promise<void> {
    if (this.known.has(entry.id)) return;
    this.remember(entry.id);
    // One of before a restart may still wait for its reader.
    await (this.printed = this.printed.then(() => this.options.print(entry)));
  }

  private remember(id: string): void {
    this.known.delete(id);
    this.known.add(id);
    const [oldest] = this.known;
    if (this.known.size > KNOWN_MAX && oldest !== undefined) this.known.delete(oldest);
  }
}

/** Of a conversation that was empty. */
async function everything(socket: FollowedSocket, conversation: string): Promise<EntryView[]> {
  const pages: EntryView[][] = [];
  for (let before: string | undefined, more = true; more;) {
    const place = before === undefined ? {} : { before };
    const page = await socket.run('history.page', { conversation, limit: HISTORY_PAGE_MAX, ...place });
    pages.unshift(page.entries);
    before = page.entries[0]?.id;
    more = page.more && before !== undefined;
  }
  return pages.flat();
}
