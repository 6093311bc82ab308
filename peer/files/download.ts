/**
 * Which chunk to ask of whom, and when (SPEC.md section 7). A machine: it owns no socket, disk, timer or randomness. Its driver tells it what
 * happened, and performs what it says. Each request is answered once, in order: what arrives answers the oldest request of its link, or breaks the rules.
 */
import { ParleyError } from '../../protocol/errors.js';
import type { DeviceId, EntryId } from '../../protocol/ids.js';
import type { Arrival, DownloadLimits, DownloadOutput } from './download-ports.js';
import { AGAIN_MS, Holder } from './holder.js';
import { SLOW_MAX, Source, tooSlow } from './source.js';
import { Transfer, type Ask, type Source as SourceOfFiles, type TransferFacts } from './transfer.js';

/** Devices that are asked at once: each holds a buffer of one chunk. */
const SOURCES_MAX = 12;
/** So many files of which next to nothing comes are asked for besides those that may come at once. */
const STUCK_MAX = 8;
const LATER_MS = 5_000;
/** What a limit lets go ahead at once. */
const BURST_MS = 1_000;

export class Download {
  private readonly transfers = new Map<string, Transfer>();
  private readonly sources = new Map<DeviceId, SourceOfFiles>();
  private limits: DownloadLimits = { down: 0, atOnce: 4 };
  /** What was asked for is within the limit of the time before. */
  private allowedAt = 0;
  /** Turns by one with each request, so that no transfer waits for another. */
  private turn = 0;
  /** Somebody was not asked, since enough others are. */
  private isCrowded = false;

  constructor(
    private readonly out: DownloadOutput,
    private readonly random: () => number,
  ) {}

  get(id: string): Transfer | undefined {
    return this.transfers.get(id);
  }

  limit(limits: DownloadLimits, now: number): void {
    this.limits = limits;
    this.allowedAt = now;
    this.move(now);
  }

  /** @param kept what an earlier process has left of it */
  add(facts: TransferFacts, kept: { hasManifest: boolean; has: (chunk: number) => boolean }, now: number): void {
    const transfer = new Transfer(facts, kept);
    this.transfers.set(facts.sha256, transfer);
    if (transfer.hasManifest && transfer.left === 0) this.out.complete(transfer.id);
    this.move(now);
  }

  remove(id: string, now: number): void {
    const transfer = this.transfers.get(id);
    if (!transfer) return;
    this.transfers.delete(id);
    for (const { source, ask } of transfer.allAsked()) this.cancel(transfer, source, ask);
    this.move(now);
  }

  /** That device may have it, and is asked by those entries in turn, until it has it by one of them. */
  offer(id: string, device: DeviceId, entries: readonly EntryId[], now: number): void {
    const transfer = this.transfers.get(id);
    if (!transfer || entries.length === 0) return;
    const source = this.source(device);
    const known = transfer.holders.get(source);
    if (!known) transfer.holders.set(source, new Holder(source, entries, transfer.lied(device, 0)));
    else if (!known.offered(entries, now)) return;
    this.move(now);
  }

  /** There is nobody to be asked there any more. */
  gone(device: DeviceId, now: number): void {
    this.linkDown(device, now);
    const source = this.sources.get(device);
    this.sources.delete(device);
    if (source) for (const transfer of this.transfers.values()) transfer.holders.delete(source);
  }

  linkUp(device: DeviceId, now: number): void {
    this.source(device).up();
    this.move(now);
  }

  /** What was asked there is asked of others, or of the same when there is a link again. */
  linkDown(device: DeviceId, now: number): void {
    const source = this.sources.get(device);
    if (!source) return;
    for (const ask of source.asks) ask.transfer.unask(ask);
    source.asks = [];
    source.state = 'away';
    for (const transfer of this.transfers.values()) {
      const holder = transfer.holders.get(source);
      // What it had may have become more.
      if (holder)
        transfer.askAgain(holder, transfer.isUseful(holder) || holder.state === 'asked' ? now : now + AGAIN_MS);
    }
    this.move(now);
  }

  /** @param has read from what it said. Nothing where it is not asked by that entry */
  have(id: string, device: DeviceId, entry: EntryId, has: (chunk: number) => boolean, now: number): void {
    const transfer = this.transfers.get(id);
    const holder = transfer?.holders.get(this.source(device));
    if (!transfer || !holder?.offers(entry)) return;
    // It had nothing when it was asked.
    holder.said(entry, now);
    if (holder.entry === entry) transfer.hold(holder, has);
    this.move(now);
  }

  /** Whether bytes of that request may come now from there. @param now where they begin to */
  expects(device: DeviceId, entry: EntryId, chunk: number | 'manifest', now?: number): Transfer | undefined {
    const ask = this.sources.get(device)?.asks[0];
    if (ask?.chunk !== chunk || ask.entry !== entry) return undefined;
    if (now !== undefined) this.sources.get(device)?.begun(now);
    return ask.transfer;
  }

  /** Most of the bytes that are expected are here. */
  nearlyHere(device: DeviceId, now: number): void {
    this.source(device).nearlyHere();
    this.move(now);
  }

  /** The bytes that were expected are all here; of what was cancelled none were kept. */
  arrived(device: DeviceId, now: number): Arrival {
    const source = this.source(device);
    const ask = source.answer(now, source.asks[0]?.chunk !== 'manifest');
    if (!ask) throw new ParleyError('bad_request');
    const { transfer, chunk, entry, cancelled } = ask;
    transfer.unask(ask);
    const isOpen = this.transfers.get(transfer.id) === transfer;
    const isWanted = isOpen && !cancelled && (chunk === 'manifest' || !transfer.isDone(chunk));
    if (isWanted) source.inHand += 1;
    if (isWanted && chunk !== 'manifest') {
      transfer.take(chunk);
      for (const other of transfer.askedFor(chunk)) this.cancel(transfer, other.source, other.ask);
    }
    this.move(now);
    return { id: isWanted ? transfer.id : undefined, device, entry, chunk };
  }

  /** What became of what arrived. `failed`: it is asked for again. */
  taken({ id, device, chunk }: Arrival, outcome: 'ok' | 'wrong' | 'failed', now: number): void {
    const source = this.sources.get(device);
    if (source && id !== undefined) source.inHand = Math.max(0, source.inHand - 1);
    const transfer = id === undefined ? undefined : this.transfers.get(id);
    if (!transfer) return;
    if (chunk !== 'manifest') transfer.taken(chunk, outcome === 'ok');
    const holder = source && transfer.holders.get(source);
    if (outcome === 'wrong') {
      const lies = transfer.lied(device);
      if (holder) holder.lies = lies;
      this.out.lied(transfer.id, device);
      if (holder) this.caught(transfer, holder, chunk, now);
    } else if (chunk === 'manifest' && outcome === 'ok') {
      transfer.hasManifest = true;
      holder?.ready(now);
    } else if (holder?.state === 'asked') transfer.askAgain(holder, now + LATER_MS);
    if (transfer.hasManifest && transfer.left === 0) this.out.complete(transfer.id);
    this.move(now);
  }

  /** @throws ParleyError `bad_request` where nothing of the kind was asked */
  refused(device: DeviceId, entry: EntryId, chunk: number | 'manifest', code: string, now: number): void {
    const source = this.source(device);
    const [ask] = source.asks;
    if (!ask || !this.expects(device, entry, chunk)) throw new ParleyError('bad_request');
    source.answer(now, false);
    ask.transfer.unask(ask);
    const holder = ask.transfer.holders.get(source);
    if (code === 'rate_limited') {
      source.notBefore = now + LATER_MS;
      if (holder && chunk === 'manifest') ask.transfer.askAgain(holder, source.notBefore);
    } else if (!ask.cancelled && holder) this.lacks(ask.transfer, holder, chunk, now);
    this.move(now);
  }

  /** Time has passed. To be called about twice a second while there is any transfer. */
  tick(now: number): void {
    const isAlone = (source: SourceOfFiles): boolean =>
      source.asks.every(({ transfer, chunk }) => !transfer.hasOther(source, chunk));
    for (const { device } of tooSlow(this.sources.values(), { now, isCrowded: this.isCrowded, isAlone }))
      this.out.close(device);
    // What is missing may have come to it by another entry.
    for (const transfer of this.transfers.values()) {
      for (const holder of transfer.holders.values())
        if (holder.mayTurn(now) && !transfer.isUseful(holder)) transfer.askAgain(holder, holder.turn(now, this.random));
    }
    this.move(now);
  }

  /** Whether anything is asked of that device, or to come from it. */
  isAsked(device: DeviceId): boolean {
    return this.sources.get(device)?.asks.some(({ cancelled }) => !cancelled) ?? false;
  }

  private source(device: DeviceId): SourceOfFiles {
    const known = this.sources.get(device) ?? new Source<Transfer>(device);
    this.sources.set(device, known);
    return known;
  }

  /** Wrong bytes: the chunk is not asked for there again; after a second time nothing is. */
  private caught(transfer: Transfer, holder: Holder<SourceOfFiles>, chunk: number | 'manifest', now: number): void {
    if (chunk === 'manifest') transfer.askAgain(holder, now + LATER_MS);
    else holder.without.add(chunk);
    if (!holder.isLeftAlone) return;
    transfer.forget(holder);
    for (const ask of holder.source.asks) if (ask.transfer === transfer) this.cancel(transfer, holder.source, ask);
  }

  private lacks(transfer: Transfer, holder: Holder<SourceOfFiles>, chunk: number | 'manifest', now: number): void {
    if (chunk !== 'manifest') {
      holder.without.add(chunk);
      if (transfer.isUseful(holder)) return;
    }
    transfer.askAgain(holder, holder.turn(now, this.random));
  }

  private cancel(transfer: Transfer, source: SourceOfFiles, ask: Ask): void {
    transfer.unask(ask);
    if (ask.cancelled || ask.chunk === 'manifest') return;
    ask.cancelled = true;
    if (this.out.cancelChunk(source.device, ask.entry, ask.chunk)) source.withdraw(ask);
  }

  /** Asks for all that may be asked for now. */
  private move(now: number): void {
    const active = this.active(now);
    for (const transfer of active) for (const holder of transfer.holders.values()) this.approach(transfer, holder, now);
    const busy = [...this.sources.values()].filter(({ asks }) => asks.length > 0);
    let asked = busy.length - Math.min(SLOW_MAX, busy.filter((source) => source.isSlow(now)).length);
    this.isCrowded = false;
    // The fastest first: there may be more of them than are asked at once.
    for (const source of [...this.sources.values()].sort((a, b) => a.pace - b.pace)) {
      const isIdle = source.asks.length === 0;
      const isOneTooMany = isIdle && asked >= SOURCES_MAX;
      this.isCrowded ||= isOneTooMany && source.hasRoom(now);
      if (isOneTooMany) continue;
      while (source.hasRoom(now) && this.askOne(source, active, now));
      if (isIdle && source.asks.length > 0) asked++;
    }
  }

  /** Those that come first, of those for which there is anybody. None waits for one of which nothing comes. */
  private active(now: number): Transfer[] {
    const most = Math.max(1, this.limits.atOnce);
    const coming: Transfer[] = [];
    const due: Transfer[] = [];
    let slow = 0;
    for (const transfer of this.transfers.values()) {
      if (coming.length >= most) return coming;
      if (!transfer.isReachable) continue;
      const isStuck = transfer.isStuck(now);
      if (isStuck && transfer.isAsked) slow += 1;
      if (!isStuck || slow > STUCK_MAX) coming.push(transfer);
      else if (due.length < STUCK_MAX && transfer.isDue(now)) due.push(transfer);
    }
    return [...coming, ...due];
  }

  /** Finds out what it has. */
  private approach(transfer: Transfer, holder: Holder<SourceOfFiles>, now: number): void {
    const { source, entry } = holder;
    if (holder.isLeftAlone || entry === undefined || holder.state !== 'new' || now < holder.notBefore) return;
    if (source.state === 'away') {
      source.state = 'connecting';
      this.out.connect(source.device);
    }
    if (!source.hasRoom(now)) return;
    holder.state = 'asked';
    source.asks.push({ transfer, entry, chunk: 'manifest', at: now, cancelled: false });
    this.out.requestManifest(source.device, entry);
  }

  /** @returns whether there was anything to ask that device for */
  private askOne(source: SourceOfFiles, active: readonly Transfer[], now: number): boolean {
    if (this.limits.down > 0 && this.allowedAt > now + BURST_MS) return false;
    for (let i = 0; i < active.length; i++) {
      const transfer = active[(this.turn + i) % active.length];
      const holder = transfer?.holders.get(source);
      if (!transfer || holder?.entry === undefined || holder.state !== 'ready') continue;
      const chunk = transfer.pick(holder, now, this.random);
      if (chunk === undefined) continue;
      this.turn = (this.turn + i + 1) % active.length;
      const ask: Ask = { transfer, entry: holder.entry, chunk, at: now, cancelled: false };
      source.asks.push(ask);
      transfer.ask(source, ask);
      if (this.limits.down > 0)
        this.allowedAt = Math.max(this.allowedAt, now) + (transfer.length(chunk) * 1_000) / this.limits.down;
      this.out.requestChunk(source.device, ask.entry, chunk);
      return true;
    }
    return false;
  }
}
