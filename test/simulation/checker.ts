/**
 * What must hold at every moment, judged by what is really on the disks and in the cables, never by what a machine says of
 * itself. What must hold in the end is in `convergence.ts`.
 */
import type { Entry } from '../../protocol/entry.js';
import { otherParty, type ChannelName, type ConversationId, type DeviceId, type EntryId } from '../../protocol/ids.js';
import { CLOCK_LEAD_MS } from '../../protocol/limits.js';
import { claimed, isCarried, entrySize, type Carried } from './by-reference.js';
import type { Disk } from './disk.js';
import type { Machines } from './machines.js';
import type { Side } from './side.js';

/** What is looked at of a peer. */
export interface Watched {
  readonly name: string;
  readonly device: DeviceId;
  readonly disk: Disk;
  readonly running: boolean;
  /** How often it was put back to an old copy. */
  readonly restores: number;
  /** Undefined while it does not run. */
  readonly machines: Machines | undefined;
  isIn(conversation: ConversationId): boolean;
  wasEverIn(conversation: ConversationId): boolean;
  /** By its own clock. */
  now(): number;
}

/** More say nothing new. */
const TOLD_MAX = 20;

export class Checker {
  readonly violations: string[] = [];
  readonly acknowledged: Entry[] = [];
  /** By whom, and after how many restores, each entry of these was shown as sent. */
  readonly senders = new Map<EntryId, { readonly peer: Watched; readonly restores: number }>();
  /** `conversation device` of logs that have forked, by a hostile hand; and those that were told of. */
  readonly forkedLogs = new Set<string>();
  /** Devices of which there was a copy, or an old backup: their logs may have forked. */
  readonly restored = new Set<DeviceId>();
  /** All that honest devices have written. */
  readonly written = new Map<EntryId, Entry>();
  /** Where honest devices wrote something else in a place that was taken: from where on, by log. */
  private readonly split = new Map<string, number>();
  private readonly places = new Set<string>();
  /** Devices that write times of their own making. */
  readonly wrongTimes = new Set<DeviceId>();
  readonly toldForks = new Map<string, Set<DeviceId>>();
  deliveries = 0;
  deliveredBytes = 0;
  receivedBytes = 0;
  receivedEntries = 0;
  private readonly honest = new Map<object, Watched>();
  /** More than one have a device while there is a copy. */
  private readonly holders = new Map<DeviceId, Watched[]>();
  private readonly marks = new Map<string, EntryId>();
  /** What the process of a device has shown: conversation → device → seq. */
  private readonly shown = new Map<Watched, Map<ConversationId, Map<DeviceId, number>>>();

  constructor(
    private readonly now: () => number,
    private readonly freeze: boolean,
  ) {}

  enrol(peer: Watched, device: DeviceId): void {
    this.honest.set(peer, peer);
    this.holders.set(device, [...this.having(device), peer]);
  }

  /** The peers that have, or had, this device's key. */
  having(device: DeviceId): readonly Watched[] {
    return this.holders.get(device) ?? [];
  }

  isForked(conversation: ConversationId, device: DeviceId): boolean {
    return this.restored.has(device) || this.forkedLogs.has(`${conversation} ${device}`);
  }

  wrong(what: string): void {
    if (this.violations.length < TOLD_MAX) this.violations.push(`${(this.now() / 1000).toFixed(3)} s: ${what}`);
  }

  /** A new process shows what its disk holds. */
  started(peer: Watched): void {
    const shown = new Map<ConversationId, Map<DeviceId, number>>();
    for (const { conversation, device, seq } of peer.disk.ends()) {
      let devices = shown.get(conversation);
      if (!devices) shown.set(conversation, (devices = new Map<DeviceId, number>()));
      devices.set(device, seq);
    }
    this.shown.set(peer, shown);
  }

  writing(peer: Watched, entries: readonly Entry[]): void {
    const judged = new Set<ConversationId>();
    for (const entry of entries) {
      if (this.freeze) Object.freeze(entry);
      // Its own lost tail comes back from others.
      if (entry.device !== peer.device || this.written.has(entry.id)) {
        this.fromAnother(peer, entry);
        continue;
      }
      this.wrote(entry);
      if (judged.has(entry.conversation) || this.wrongTimes.has(peer.device)) continue;
      judged.add(entry.conversation);
      this.causal(peer, entry);
    }
  }

  /** Entries are shown once, a log in its order, from where the disk stood at the start. */
  added(peer: Watched, conversation: ConversationId, entries: readonly Entry[], own: boolean): void {
    const shown = this.shown.get(peer);
    if (!shown) return;
    let devices = shown.get(conversation);
    if (!devices) shown.set(conversation, (devices = new Map<DeviceId, number>()));
    const inOrder = entries.length === 1 ? entries : [...entries].sort((a, b) => a.seq - b.seq);
    for (const { device, seq } of inOrder) {
      const last = devices.get(device) ?? 0;
      if (seq <= last) this.wrong(`${peer.name} shows ${conversation} ${device} ${seq} twice`);
      if (seq > last + 1) this.wrong(`${peer.name} shows ${conversation} ${device} ${seq} after ${last}`);
      devices.set(device, seq);
      if (own && peer.disk.durable(conversation, device) < seq)
        this.wrong(`${peer.name} shows its own ${conversation} ${seq} as sent before it is durable`);
    }
  }

  acknowledge(peer: Watched, entry: Entry, client: string | undefined): void {
    const { conversation, device, seq, id } = entry;
    // What it had written under an earlier key is its own too.
    if (!this.having(device).includes(peer)) this.wrong(`${peer.name} was told that another's entry is its own`);
    if (peer.disk.durable(conversation, device) < seq || peer.disk.idAt(conversation, device, seq) !== id)
      this.wrong(`${peer.name} acknowledged ${conversation} ${seq} before it was durable`);
    if (client !== undefined) {
      const first = this.marks.get(client);
      if (first !== undefined) {
        if (first !== id && !this.isAgain(first, entry)) this.wrong(`${peer.name} wrote one post twice: ${client}`);
        return;
      }
      this.marks.set(client, id);
    }
    this.acknowledged.push(entry);
    this.senders.set(id, { peer, restores: peer.restores });
  }

  /** Whether a log of a copied device has gone two ways before or at this entry. */
  isSplit({ conversation, device, seq }: Entry): boolean {
    return (this.split.get(`${conversation} ${device}`) ?? Infinity) <= seq;
  }

  private wrote(entry: Entry): void {
    this.written.set(entry.id, entry);
    const log = `${entry.conversation} ${entry.device}`;
    const place = `${log} ${entry.seq}`;
    if (this.places.has(place)) this.split.set(log, Math.min(entry.seq, this.split.get(log) ?? Infinity));
    this.places.add(place);
  }

  /** Written again under another key. */
  private isAgain(first: EntryId, { device, message }: Entry): boolean {
    const lost = this.written.get(first);
    return lost?.message === message && lost.device !== device && this.restored.has(lost.device);
  }

  /** Whatever an honest peer puts on a link. */
  sent(side: Side, messages: readonly Carried[]): void {
    const peer = this.honest.get(side.host);
    if (!peer) return;
    for (const message of messages) {
      if (isCarried(message)) {
        const { conversation, device, seq, id } = message.entry;
        this.mentioned(peer, side, conversation);
        const isHeld = peer.disk.durable(conversation, device) >= seq || this.isDurableAtAuthor(message.entry);
        if (peer.disk.idAt(conversation, device, seq) !== id || !isHeld)
          this.wrong(
            `${peer.name} sent ${conversation} ${device} ${seq}, which is durable neither there nor at its author`,
          );
        continue;
      }
      if (message.type === 'want') this.mentioned(peer, side, message.conversation);
      for (const [conversation, devices] of claimed(message)) {
        this.mentioned(peer, side, conversation);
        for (const device in devices) {
          const seq = devices[device as DeviceId] ?? 0;
          if (peer.disk.durable(conversation, device as DeviceId) < seq)
            this.wrong(`${peer.name} claims ${conversation} ${device} ${seq}, which is not durable there`);
        }
      }
    }
    const last = messages.at(-1);
    if (last && isCarried(last) && last.entry.sig === undefined)
      this.wrong(`${peer.name} served a piece that does not end in a signed entry`);
  }

  /** Or nothing is known of the author: it is hostile, or was put back to an old copy. */
  private isDurableAtAuthor({ conversation, device, seq }: Entry): boolean {
    const authors = this.having(device);
    if (authors.length === 0 || this.isForked(conversation, device)) return true;
    return authors.some(({ disk }) => disk.durable(conversation, device) >= seq);
  }

  arrived(side: Side, messages: readonly Carried[], bytes: number): void {
    if (!this.honest.has(side.host)) return;
    this.receivedBytes += bytes;
    for (const message of messages) if (isCarried(message)) this.receivedEntries++;
  }

  receipt(peer: Watched, conversation: ConversationId, holder: DeviceId, seq: number): void {
    const holders = this.having(holder);
    if (holders.length === 0 || this.restored.has(holder) || this.isForked(conversation, peer.device)) return;
    if (!holders.some(({ disk }) => disk.durable(conversation, peer.device) >= seq))
      this.wrong(`${peer.name} shows ${conversation} ${seq} as delivered to ${holder}, where it is not durable`);
  }

  forked(peer: Watched, conversation: ConversationId, device: DeviceId): void {
    const log = `${conversation} ${device}`;
    if (!this.isForked(conversation, device)) this.wrong(`${peer.name} tells of a fork of ${log} that there is not`);
    let told = this.toldForks.get(log);
    if (!told) this.toldForks.set(log, (told = new Set()));
    told.add(peer.device);
  }

  private fromAnother(peer: Watched, entry: Entry): void {
    const { conversation, device, seq, id } = entry;
    this.deliveries++;
    this.deliveredBytes += entrySize(entry);
    if (!peer.wasEverIn(conversation)) this.wrong(`${peer.name} stores ${conversation}, in which it never was`);
    const authors = this.having(device);
    if (authors.length === 0 || authors.includes(peer) || this.forkedLogs.has(`${conversation} ${device}`)) return;
    const wrote = this.restored.has(device)
      ? this.written.has(id)
      : authors.some(({ disk }) => disk.idAt(conversation, device, seq) === id);
    if (!wrote) this.wrong(`${peer.name} stores ${conversation} ${device} ${seq}, which its author never wrote`);
  }

  /** A new entry stands after all that its author had seen there and could believe. */
  private causal(peer: Watched, entry: Entry): void {
    const seen = peer.disk.newest(entry.conversation, peer.now() + CLOCK_LEAD_MS);
    if (!seen) return;
    const order = Date.parse(entry.time) - seen.time || (entry.device < seen.device ? -1 : 1);
    if (order < 0)
      this.wrong(`${peer.name} wrote ${entry.conversation} ${entry.seq} and sorts it before what it had seen`);
  }

  private mentioned(peer: Watched, side: Side, conversation: ConversationId): void {
    const shared = conversation.startsWith('#')
      ? peer.isIn(conversation) && side.channels.has(conversation.slice(1) as ChannelName)
      : peer.isIn(conversation) && otherParty(conversation, side.remote.username) !== undefined;
    if (!shared) this.wrong(`${peer.name} mentioned ${conversation} to ${side.remote.username}`);
  }
}
