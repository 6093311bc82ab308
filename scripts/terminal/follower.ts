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

export class Follower {
  /** Ids in the order in which they were printed. */
  private readonly known = new Set<string>();
  private readonly waiting: EntryView[] = [];
  private socket: PeerSocket | undefined;
  /** Pages are being read: what events tell meanwhile is in them, or comes after them. */
  private catchingUp = true;
  private printing = false;
  private fail: (error: unknown) => void = () => undefined;
  private readonly failed = new Promise<never>((_resolve, reject) => (this.fail = reject));

  constructor(private readonly options: FollowerOptions) {
    // Whoever waits is told.
    this.failed.catch(() => undefined);
  }

  /** Never resolves. @throws (rejects with) what the daemon refuses */
  async begin(socket: PeerSocket, from: Beginning): Promise<never> {
    this.socket = socket;
    if ('since' in from) {
      this.remember(from.since);
      await this.catchUp(socket, [from.since]);
    } else {
      await this.latest(socket, from.limit);
      this.catchingUp = false;
      await this.work();
    }
    return this.failed;
  }

  /** The daemon is there again. */
  connected(socket: PeerSocket): void {
    this.socket = socket;
    this.catchingUp = true;
    this.catchUp(socket, [...this.known].reverse()).catch((error: unknown) => {
      // It has ended again: the next connection does it.
      if (!isParleyError(error) || error.code !== 'unavailable') this.fail(error);
    });
  }

  hear(event: PeerEvent): void {
    if (event.type !== 'entries' || event.conversation !== this.options.conversation) return;
    this.waiting.push(...event.entries);
    if (this.waiting.length > WAITING_MAX) this.socket?.pause(true);
    if (!this.catchingUp) void this.work().catch(this.fail);
  }

  /** The last ones, as they stand. What came after the last of them and stands before them is passed over. */
  private async latest(socket: PeerSocket, limit: number): Promise<void> {
    const { conversation } = this.options;
    const { entries } = await socket.run('history.page', { conversation, limit: Math.max(1, limit) });
    for (const entry of entries) {
      if (limit > 0) await this.print(entry);
      else this.remember(entry.id);
    }
    let since = entries.at(-1)?.id;
    for (let newer = since !== undefined; newer && since !== undefined;) {
      const page = await socket.run('history.page', { conversation, since, limit: HISTORY_PAGE_MAX });
      const heard = new Set(this.waiting.map(({ id }) => id));
      for (const { id } of page.entries) if (!heard.has(id)) this.remember(id);
      since = page.entries.at(-1)?.id;
      newer = page.newer;
    }
  }

  /** @param places ids to begin after, the first that is there */
  private async catchUp(socket: PeerSocket, places: readonly string[]): Promise<void> {
    const { conversation } = this.options;
    let [since, rest] = [places[0], places.slice(1)];
    for (let newer = true; newer;) {
      if (since === undefined) {
        for (const entry of await everything(socket, conversation)) await this.print(entry);
        break;
      }
      try {
        const page = await socket.run('history.page', { conversation, since, limit: HISTORY_PAGE_MAX });
        for (const entry of page.entries) await this.print(entry);
        since = page.entries.at(-1)?.id ?? since;
        newer = page.newer;
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
    if (this.printing) return;
    this.printing = true;
    try {
      for (let entry = this.waiting.shift(); entry; entry = this.waiting.shift()) await this.print(entry);
      this.socket?.pause(false);
    } finally {
      this.printing = false;
    }
  }

  private async print(entry: EntryView): Promise<void> {
    if (this.known.has(entry.id)) return;
    this.remember(entry.id);
    await this.options.print(entry);
  }

  private remember(id: string): void {
    this.known.add(id);
    const [oldest] = this.known;
    if (this.known.size > KNOWN_MAX && oldest !== undefined) this.known.delete(oldest);
  }
}

/** Of a conversation that was empty. */
async function everything(socket: PeerSocket, conversation: string): Promise<EntryView[]> {
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
