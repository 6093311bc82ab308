/**
 * Keeps what the user has read the same at all of their devices (`own_read`, SPEC.md section 4). Each device tells the others up to
 * which entry of each log it was read, by itself or as it was told; marks only rise. A long account is told a conversation at a time.
 */
import { sameUser, type ConversationId, type DeviceId, type Username } from '../../protocol/ids.js';
import { OWN_READ_MAX, type OwnRead } from '../../protocol/link-messages.js';
import type { ReadLink } from './read-marks.js';

export type OwnReadLink = Omit<ReadLink, 'send'> & { send(message: OwnRead): void };

export interface OwnReadsOptions {
  readonly self: { readonly username: Username };
  readonly conversations: () => Iterable<ConversationId>;
  readonly shares: (conversation: ConversationId, link: OwnReadLink) => boolean;
  /** Up to where each log is here. */
  readonly durable: (conversation: ConversationId) => ReadonlyMap<DeviceId, number>;
  /** How much of a log the user has read. */
  readonly readOf: (conversation: ConversationId, device: DeviceId, end: number) => number;
  /** Whether what is read here can be told from what was never looked at. */
  readonly knows: (conversation: ConversationId) => boolean;
  /** What another device tells. @returns whether anything of it is new */
  readonly heard: (conversation: ConversationId, logs: ReadonlyMap<DeviceId, number>, whole: boolean) => boolean;
  /** Runs it in a later turn of the event loop. */
  readonly soon: (run: () => void) => void;
  readonly timers: { setTimeout(callback: () => void, ms: number): unknown; clearTimeout(timer: unknown): void };
}

/** What is read one after another goes out as one account of each conversation. */
const REST_MS = 1_000;

interface Told {
  readonly link: OwnReadLink;
  readonly marks: Map<ConversationId, Map<DeviceId, number>>;
  /** Told to be whole. */
  readonly whole: Set<ConversationId>;
  /** Still to be told. */
  readonly due: Set<ConversationId>;
  /** Being told: logs of it that were not looked at yet, and how far each is here. */
  current: { readonly conversation: ConversationId; readonly logs: [DeviceId, number][] } | undefined;
}

export class OwnReads {
  private readonly links = new Map<number, Told>();
  private isTelling = false;
  private timer: unknown;

  constructor(private readonly options: OwnReadsOptions) {}

  up(link: OwnReadLink): void {
    const { self, conversations } = this.options;
    if (!sameUser(link.remote.username, self.username)) return;
    const due = new Set(conversations());
    this.links.set(link.id, { link, marks: new Map(), whole: new Set(), due, current: undefined });
    this.tellSoon();
  }

  down({ id }: { id: number }): void {
    this.links.delete(id);
  }

  /** The user has read on, here or elsewhere. */
  marked(conversation: ConversationId): void {
    for (const { due } of this.links.values()) due.add(conversation);
    if (this.links.size === 0) return;
    this.timer ??= this.options.timers.setTimeout(() => {
      this.timer = undefined;
      this.tellSoon();
    }, REST_MS);
  }

  /** Of others, and of what is not shared, it is passed over. */
  heard(link: OwnReadLink, { conversation, logs, whole = false }: OwnRead): void {
    const { self, shares, heard } = this.options;
    if (!sameUser(link.remote.username, self.username) || !shares(conversation, link)) return;
    const said = new Map(Object.entries(logs) as [DeviceId, number][]);
    if (heard(conversation, said, whole)) this.marked(conversation);
  }

  close(): void {
    this.options.timers.clearTimeout(this.timer);
    this.links.clear();
  }

  private tellSoon(): void {
    if (this.isTelling) return;
    this.isTelling = true;
    this.options.soon(() => {
      this.isTelling = false;
      if (this.tellOne()) this.tellSoon();
    });
  }

  /** One conversation to one device, of very many logs some: each takes a few queries. @returns whether there was anything to tell */
  private tellOne(): boolean {
    for (const told of this.links.values()) {
      const current = told.current ?? this.next(told);
      if (!current) continue;
      const { conversation, logs } = current;
      const some = logs.splice(0, OWN_READ_MAX);
      told.current = logs.length > 0 ? current : undefined;
      if (this.options.shares(conversation, told.link)) this.tell(conversation, some, told);
      return true;
    }
    return false;
  }

  private next({ due }: Told): Told['current'] {
    const [conversation] = due;
    if (conversation === undefined) return undefined;
    due.delete(conversation);
    return { conversation, logs: [...this.options.durable(conversation)] };
  }

  private tell(
    conversation: ConversationId,
    logs: readonly [DeviceId, number][],
    { link, marks, whole, current }: Told,
  ): void {
    const { readOf, knows } = this.options;
    const told = marks.get(conversation) ?? new Map<DeviceId, number>();
    marks.set(conversation, told);
    const news: [DeviceId, number][] = [];
    for (const [device, end] of logs) {
      if (end <= (told.get(device) ?? 0)) continue;
      const seq = readOf(conversation, device, end);
      if (seq > (told.get(device) ?? 0)) news.push([device, seq]);
    }
    const isWhole = !current && !whole.has(conversation) && knows(conversation);
    if (news.length === 0 && !isWhole) return;
    const said = { type: 'own_read', conversation, logs: Object.fromEntries(news) } as const;
    link.send(isWhole ? { ...said, whole: true } : said);
    for (const [device, seq] of news) told.set(device, seq);
    if (isWhole) whole.add(conversation);
  }
}
