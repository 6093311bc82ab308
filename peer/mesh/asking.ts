/** Which links are asked for what is lacking here: the sources of each log, and what becomes of a look at them. */
import type { ConversationId, DeviceId } from '../../protocol/ids.js';
import { ContentAsks } from './content-asks.js';
import { known, LOGS_MAX, type LinkState } from './link-state.js';
import type { LinkToken, LogHeads, SyncOutput } from './ports.js';
import { Wants, type Source } from './wants.js';

export interface AskingOptions {
  readonly device: DeviceId;
  readonly log: LogHeads;
  readonly out: Pick<SyncOutput, 'want' | 'ownTail'>;
}

export class Asking {
  private readonly wants = new Wants();
  /** Of entries that are here without it. */
  readonly contents: ContentAsks;

  constructor(
    private readonly options: AskingOptions,
    private readonly links: ReadonlyMap<LinkToken, LinkState>,
    /** A channel's tree did not bring what this link holds, which was asked for there. */
    private readonly missed: (state: LinkState, conversation: ConversationId, now: number) => void,
  ) {
    const { log, out } = options;
    this.contents = new ContentAsks({ log, out, links, lacks: (...name) => this.lacks(...name) });
  }

  /** Whether anything waits for time to pass. */
  get busy(): boolean {
    return this.wants.size > 0 || this.contents.busy;
  }

  lacks(conversation: ConversationId, device: DeviceId): boolean {
    return this.wants.lacks(conversation, device);
  }

  /** One more link holds what we lack: of interest only if nobody has been asked. @param late whoever pushes it would have done so by now */
  heardOf(conversation: ConversationId, device: DeviceId, now: number, late: boolean): void {
    const held = this.options.log.seq(conversation, device);
    if (!this.wants.isWaiting(conversation, device, held, now)) this.look(conversation, device, now, late);
  }

  /** Looks again at all that is lacking, of one conversation or one author where they are given. */
  again(now: number, only: { readonly conversation?: ConversationId; readonly device?: DeviceId } = {}): void {
    for (const { conversation, device } of this.wants.all()) {
      if (only.conversation !== undefined && conversation !== only.conversation) continue;
      if (only.device === undefined || device === only.device) this.look(conversation, device, now);
    }
  }

  /** Time has passed: sources that brought nothing are left for others. */
  tick(now: number): void {
    for (const { conversation, device } of this.wants.due(now)) this.look(conversation, device, now, true);
    this.contents.tick(now);
  }

  /** The link brought what proves nothing here: it is not asked for this author again, while others still are. */
  unproven(link: LinkToken, author: DeviceId, now: number): void {
    const state = this.links.get(link);
    if (!state || state.unproven.has(author) || state.unproven.size >= LOGS_MAX) return;
    state.unproven.add(author);
    this.again(now, { device: author });
  }

  /** The link holds a log up to `upTo` without its content: it is not asked for that again, while others still are. */
  pruned(link: LinkToken, conversation: ConversationId, device: DeviceId, upTo: number, now: number): void {
    const state = this.links.get(link);
    // Only what was told to be there: nobody fills the memory with names.
    const theirs = state?.theirs.get(conversation)?.get(device) ?? 0;
    if (!state || theirs === 0) return;
    known(state.lacking, conversation).set(device, Math.min(upTo, theirs));
    this.contents.pruned(link, conversation, device, upTo, now);
    this.look(conversation, device, now);
  }

  look(conversation: ConversationId, device: DeviceId, now: number, late = false): void {
    const { log, out } = this.options;
    const held = log.seq(conversation, device);
    const sources: Source[] = [];
    const proven = log.knows?.(device) ?? true;
    for (const state of this.links.values()) {
      const theirs = state.theirs.get(conversation)?.get(device) ?? 0;
      if (state.unproven.has(device) && !proven) continue;
      if (held >= (state.forked.get(conversation)?.get(device) ?? Infinity)) continue;
      if (held < (state.lacking.get(conversation)?.get(device) ?? 0)) continue;
      const seq = theirs > held ? Math.min(theirs, log.limit?.(conversation, device) ?? theirs) : theirs;
      if (seq <= held) continue;
      const asked = state.asked.get(conversation)?.what;
      const pushes = state.device === device && (asked === undefined || (asked !== 'none' && !late));
      // Of an author who is not known yet the next entry alone: it says whether the rest can be checked here.
      sources.push({ link: state.link, seq: proven ? seq : held + 1, pushes });
    }
    const ask = this.wants.update(conversation, device, held, sources, now);
    if (ask) {
      out.want(ask.link, conversation, device, ask.from, ask.to);
      const source = this.links.get(ask.link);
      if (late && source) this.missed(source, conversation, now);
    }
    if (device !== this.options.device) return;
    // Whoever claims to hold more of our own log than we do has to bring it; a mere claim does not keep us from writing.
    const believed = sources.filter(({ link }) => !this.wants.passedOver(conversation, device, link));
    out.ownTail(conversation, believed.length > 0 ? Math.max(...believed.map(({ seq }) => seq)) : undefined);
  }
}
