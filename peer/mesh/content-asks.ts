/**
 * Whom to ask for what entries say that came here without it (SPEC.md section 5, pruning): by `want`, as for any other piece of a log, one
 * link at a time for each log. Nobody may have it, and nobody says so in advance: who had nothing is asked again after ever longer waits, over
 * all links to the same device.
 */
import type { ConversationId, DeviceId } from '../../protocol/ids.js';
import { UNSIGNED_RUN_MAX } from '../../protocol/limits.js';
import { LOGS_MAX, type LinkState } from './link-state.js';
import type { LinkToken, LogHeads, SyncOutput } from './ports.js';
import { PATIENCE_MS } from './wants.js';

export interface ContentAsksOptions {
  readonly log: Pick<LogHeads, 'contents'>;
  readonly out: Pick<SyncOutput, 'want'>;
  readonly links: ReadonlyMap<LinkToken, LinkState>;
  /** Whether something of a log is lacking altogether: that is asked for first, and a link serves one piece of a log at a time. */
  readonly lacks: (conversation: ConversationId, device: DeviceId) => boolean;
}

/** Logs that are asked for at a time, and entries of one. */
const LOGS_AT_ONCE = 8;
const PIECE = UNSIGNED_RUN_MAX;
/** How often all that is missing is looked through, and so many logs of it at once: some milliseconds. */
const LOOK_MS = 1_000;
const LOOKED_AT = 64;
/** After so long a device that had nothing is asked again, then after twice as long, and so on. */
export const AGAIN_MS = 60_000;
export const AGAIN_MAX_MS = 6 * 3600_000;

interface LogName {
  readonly conversation: ConversationId;
  readonly device: DeviceId;
}

interface Ask extends LogName {
  readonly link: LinkToken;
  readonly from: number;
  readonly to: number;
  /** The first that was missing at the last progress, and when that was. */
  next: number;
  since: number;
}

/** A device gave nothing of a log up to here. */
interface Tried {
  readonly upTo: number;
  readonly until: number;
  readonly waited: number;
}

export class ContentAsks {
  /** By log. */
  private readonly asks = new Map<string, Ask>();
  /** By device and log. */
  private readonly tried = new Map<string, Tried>();
  private isChanged = true;
  private looked = -Infinity;
  /** Still to be looked at. */
  private walk: LogName[] = [];
  /** When the first of those who had nothing may be asked again; told by whatever else happens then. */
  private again = Infinity;

  constructor(private readonly options: ContentAsksOptions) {}

  /** Whether anything waits for time to pass. */
  get busy(): boolean {
    return this.asks.size > 0 || this.walk.length > 0 || (this.isChanged && this.isAnyMissing);
  }

  /** Something is missing that was not, or a link holds more than it did. */
  changed(): void {
    this.isChanged = true;
  }

  /** The link says that it gives nothing of a log up to there. */
  pruned(link: LinkToken, conversation: ConversationId, device: DeviceId, upTo: number, now: number): void {
    const ask = this.asks.get(keyOf({ conversation, device }));
    if (ask?.link === link) this.failed(ask, upTo, now);
  }

  tick(now: number): void {
    if (!this.isAnyMissing) {
      this.asks.clear();
      this.walk = [];
      return;
    }
    for (const ask of [...this.asks.values()]) this.follow(ask, now);
    if (this.walk.length === 0) this.begin(now);
    for (let looked = 0; looked < LOOKED_AT && this.asks.size < LOGS_AT_ONCE; looked++) {
      const log = this.walk.pop();
      if (!log) return;
      if (!this.asks.has(keyOf(log))) this.ask(log, now);
    }
  }

  private begin(now: number): void {
    if (now >= this.again) this.isChanged = true;
    if (!this.isChanged || now < this.looked + LOOK_MS) return;
    this.isChanged = false;
    this.again = Infinity;
    this.looked = now;
    this.walk = [...(this.options.log.contents?.logs() ?? [])];
  }

  private get isAnyMissing(): boolean {
    return (this.options.log.contents?.size ?? 0) > 0;
  }

  private follow(ask: Ask, now: number): void {
    const { conversation, device, link, from, to } = ask;
    const next = this.next(ask, from);
    const state = this.options.links.get(link);
    const isDone = next === undefined || next > to;
    if (isDone || !state?.theirs.get(conversation)?.has(device)) {
      this.asks.delete(keyOf(ask));
      const key = `${state?.device ?? ''} ${keyOf(ask)}`;
      if (isDone && (this.tried.get(key)?.until ?? Infinity) <= now) this.tried.delete(key);
      this.ask(ask, now);
    } else if (next > ask.next) Object.assign(ask, { next, since: now });
    else if (now - ask.since >= PATIENCE_MS) this.failed(ask, Infinity, now);
  }

  private failed(ask: Ask, upTo: number, now: number): void {
    const { conversation, device, link } = ask;
    this.asks.delete(keyOf(ask));
    this.isChanged = true;
    const state = this.options.links.get(link);
    // Another piece of the log was asked for in between, and took the place of this one.
    if (!state || this.options.lacks(conversation, device)) return;
    const key = `${state.device} ${keyOf(ask)}`;
    const before = this.tried.get(key);
    const waited = Math.min(before ? 2 * before.waited : AGAIN_MS, AGAIN_MAX_MS);
    this.tried.set(key, { upTo, until: now + waited, waited });
  }

  /** Asks the link of which the least is asked, if any may have something. */
  private ask({ conversation, device }: LogName, now: number): void {
    const { links, out, lacks } = this.options;
    const log = { conversation, device };
    if (lacks(conversation, device) || !this.isRoom(now)) return;
    const edit = this.options.log.contents?.edit(conversation, device);
    const load = (link: LinkToken): number => [...this.asks.values()].filter((ask) => ask.link === link).length;
    let best:
      { readonly link: LinkToken; readonly from: number; readonly to: number; readonly load: number } | undefined;
    for (const state of links.values()) {
      const held = state.theirs.get(conversation)?.get(device) ?? 0;
      // Its author has given it so.
      if (held === 0 || state.device === device) continue;
      const tried = this.tried.get(`${state.device} ${keyOf(log)}`);
      const waits = tried && tried.until > now ? tried : undefined;
      this.again = Math.min(this.again, waits?.until ?? Infinity);
      const from = this.next(log, (waits?.upTo ?? 0) + 1);
      if (from === undefined || from > held || load(state.link) >= (best?.load ?? Infinity)) continue;
      // An edit alone: what stands between it and those before it is asked for once these are here.
      const to = from === edit ? from : Math.min(held, from + PIECE - 1);
      best = { link: state.link, from, to, load: load(state.link) };
    }
    if (!best) return;
    const { link, from, to } = best;
    this.asks.set(keyOf(log), { ...log, link, from, to, next: from, since: now });
    out.want(link, conversation, device, from, to);
  }

  private next({ conversation, device }: LogName, from: number): number | undefined {
    return Number.isFinite(from) ? this.options.log.contents?.next(conversation, device, from) : undefined;
  }

  /** Whoever makes up devices fills no memory with what they had not. */
  private isRoom(now: number): boolean {
    if (this.tried.size < LOGS_MAX) return true;
    for (const [key, { until }] of this.tried) if (until <= now) this.tried.delete(key);
    return this.tried.size < LOGS_MAX;
  }
}

function keyOf({ conversation, device }: LogName): string {
  return `${device} ${conversation}`;
}
