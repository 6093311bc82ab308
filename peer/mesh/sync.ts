/**
 * Sync by `have` (SPEC.md section 5): what to tell whom, what to push, what to ask for. A machine: it learns of links,
 * messages, the log and time by calls, and acts through `SyncOutput`.
 *
 * Nothing here is special to reconnecting, newcomers, or acknowledgement: they are all the same `have`.
 */
import type { Heads } from '../../protocol/heads.js';
import {
  channelConversation,
  type ChannelName,
  type ConversationId,
  type DeviceId,
  type Username,
} from '../../protocol/ids.js';
import { HANDSHAKE_CHANNELS_MAX } from '../../protocol/limits.js';
import type { Ranges } from '../../protocol/range-messages.js';
import { Accounts } from './accounts.js';
import { Arrivals } from './arrivals.js';
import { Asking } from './asking.js';
import { CatchUp, type Holdings } from './catch-up.js';
import { forget, hear, known, newLink, type LinkState } from './link-state.js';
import { OwnLog } from './own-log.js';
import type { HeadsByConversation, LinkPeer, LinkToken, LogHeads, SyncOutput } from './ports.js';
import { isDirect, Sharing } from './sharing.js';
import { Telling } from './telling.js';
import { Tree } from './tree.js';

export interface SyncOptions {
  readonly username: Username;
  readonly device: DeviceId;
  readonly channels: ReadonlySet<ChannelName>;
  readonly log: LogHeads;
  readonly out: SyncOutput;
  /** As of `Agreeing`. */
  readonly listed?: number | undefined;
}

export class Sync {
  private readonly links = new Map<LinkToken, LinkState>();
  readonly asking: Asking;
  private readonly sharing: Sharing;
  private readonly telling: Telling;
  private readonly catchUp: CatchUp;
  private readonly accounts: Accounts;
  private readonly own: OwnLog;
  readonly tree: Tree;
  readonly arrivals: Arrivals;

  constructor(private readonly options: SyncOptions) {
    this.sharing = new Sharing(options);
    this.catchUp = new CatchUp(options);
    this.asking = new Asking(options, this.links, (...missed) => this.tree.missed(...missed));
    this.tree = new Tree({
      links: this.links,
      isShared: (state, conversation) => this.sharing.isShared(state, conversation),
      out: options.out,
      followOwn: (state, conversation, follows) => this.own.follow(state, conversation, follows),
      tellAll: (state, conversation) => this.telling.all(state, conversation),
    });
    this.accounts = new Accounts({
      ...options,
      links: this.links,
      sharing: this.sharing,
      heard: (state, conversation, logs, now) => this.heard(state, conversation, logs, false, now),
      agreed: (state, conversation) => this.own.push(state, conversation),
    });
    const { sharing, asking } = this;
    this.own = new OwnLog({ ...options, sharing, asking, agreeing: this.accounts.agreeing });
    this.arrivals = new Arrivals({ ...options, links: this.links, tree: this.tree });
    this.telling = new Telling(this.sharing, options.log, (state, heads) => this.accounts.tell(state, heads, false));
  }

  linkUp(peer: LinkPeer, now: number): void {
    const state = newLink(peer);
    this.links.set(peer.link, state);
    this.telling.up(state);
    const shared = [...this.sharing.all(state)];
    this.accounts.introduce(state, shared, now);
    for (const conversation of shared) this.tree.meet(state, conversation, now);
  }

  linkDown(link: LinkToken, now: number): void {
    const state = this.links.get(link);
    if (!state) return;
    this.links.delete(link);
    this.telling.down(state);
    this.catchUp.linkDown(state);
    this.tree.down(state, now);
    // What came to be here in the meantime, and was not brought to it, waits for its next link.
    if (state.complete)
      for (const conversation of state.theirs.keys()) if (isDirect(conversation)) this.own.says(state, conversation);
    this.asking.again(now);
  }

  /** A `have` of the other side. Conversations that are not shared are passed over. */
  have(link: LinkToken, heads: HeadsByConversation, complete: boolean, now: number): void {
    const state = this.links.get(link);
    if (!state) return;
    const touched = new Set<ConversationId>();
    for (const [conversation, devices] of heads) {
      if (!this.sharing.isShared(state, conversation)) continue;
      touched.add(conversation);
      this.heard(state, conversation, devices, state.complete && this.tree.has(conversation), now);
    }
    if (complete && !state.complete) {
      state.complete = true;
      // What the complete account leaves out is empty there.
      for (const conversation of this.sharing.all(state)) {
        known(state.theirs, conversation);
        touched.add(conversation);
        // Also what it holds nothing of, or less than it once did: who writes to it must know.
        if (isDirect(conversation)) this.own.heard(state, conversation, now);
      }
    }
    if (state.complete) for (const conversation of touched) this.own.push(state, conversation);
  }

  /** @param late whoever pushes it would have done so by now */
  private heard(state: LinkState, conversation: ConversationId, devices: Heads, late: boolean, now: number): void {
    const raised = hear(state, conversation, devices);
    if (raised.length > 0) this.asking.contents.changed();
    for (const device of raised) {
      // What we hold as well is no news; our own log is looked at below.
      const isNews = (devices.get(device) ?? 0) > this.options.log.seq(conversation, device);
      if (isNews && device !== this.options.device) this.asking.heardOf(conversation, device, now, late);
    }
    const isAccount = state.complete && raised.length > 0 && isDirect(conversation);
    if (isAccount || raised.includes(this.options.device)) this.own.heard(state, conversation, now);
  }

  ranges(link: LinkToken, line: Ranges, now: number): void {
    const state = this.links.get(link);
    if (state) this.accounts.agreeing.hear(state, line, now);
  }

  want(link: LinkToken, conversation: ConversationId, device: DeviceId, from: number, to: number): void {
    const state = this.links.get(link);
    if (!state || !this.sharing.isShared(state, conversation)) return;
    if (this.sharing.isWithheld(state, conversation, device)) return;
    const { log, out } = this.options;
    // What is not durable here yet follows when it is: it may have been passed on already.
    const held = log.seq(conversation, device);
    const pruned = log.pruned?.(conversation, device, state) ?? 0;
    if (from <= pruned) out.pruned(link, conversation, device, pruned);
    else if (from <= held) out.serve(link, conversation, device, from, Math.min(to, held));
  }

  /** The link has brought another chain than ours, signed: it is not asked for what would go on with ours up to `seq`. */
  contradicts(link: LinkToken, conversation: ConversationId, device: DeviceId, seq: number, now: number): void {
    const state = this.links.get(link);
    if (!state || !this.sharing.isShared(state, conversation)) return;
    const forked = known(state.forked, conversation);
    forked.set(device, Math.min(seq, forked.get(device) ?? Infinity));
    if (state.complete && isDirect(conversation)) this.own.says(state, conversation);
    if (this.asking.lacks(conversation, device)) this.asking.look(conversation, device, now);
  }

  /** The other side joined or left a channel. */
  theyJoined(link: LinkToken, channel: ChannelName, now: number): void {
    const state = this.links.get(link);
    // Whoever makes up names cannot fill the memory.
    if (!state || state.channels.has(channel) || state.channels.size >= HANDSHAKE_CHANNELS_MAX) return;
    state.channels.add(channel);
    // Of a channel that we are not in, or have left, nothing is said.
    if (this.options.channels.has(channel)) this.startSharing(state, channelConversation(channel), now);
  }

  theyLeft(link: LinkToken, channel: ChannelName, now: number): void {
    const state = this.links.get(link);
    if (!state?.channels.delete(channel)) return;
    this.forget(state, channelConversation(channel));
    this.asking.again(now, { conversation: channelConversation(channel) });
  }

  /** This user joined (after it was added to `channels`). */
  weJoined(channel: ChannelName, now: number): void {
    for (const state of this.links.values()) {
      if (state.channels.has(channel)) this.startSharing(state, channelConversation(channel), now);
    }
  }

  weLeft(channel: ChannelName, now: number): void {
    const conversation = channelConversation(channel);
    for (const state of this.links.values()) this.forget(state, conversation);
    // Only now: while one link still had it, what we lack would have been asked for there.
    this.asking.again(now, { conversation });
  }

  /** Something became durable here: it is told, and our own is pushed where a link waits for the conversation. */
  durable(advance: HeadsByConversation, now: number): void {
    this.accounts.agreeing.changed(advance.keys());
    this.asking.contents.changed();
    for (const [conversation, devices] of advance) {
      if (isDirect(conversation)) this.begun(conversation, now);
      for (const device of devices.keys()) this.telling.note(conversation, device, now);
      if (devices.has(this.options.device))
        for (const state of this.links.values())
          if (this.sharing.isShared(state, conversation)) this.own.push(state, conversation);
      for (const device of devices.keys())
        if (this.asking.lacks(conversation, device)) this.asking.look(conversation, device, now);
    }
  }

  /** A direct conversation that is new here was empty there when the account was complete. */
  private begun(conversation: ConversationId, now: number): void {
    for (const state of this.links.values()) {
      if (!state.complete || state.theirs.has(conversation) || !this.sharing.isShared(state, conversation)) continue;
      known(state.theirs, conversation);
      this.own.heard(state, conversation, now);
    }
  }

  /** A log ends earlier than it did: what others hold of it is lacking again. */
  setBack(conversation: ConversationId, device: DeviceId, now: number): void {
    this.asking.look(conversation, device, now);
  }

  /** What is taken of whom is another now: all of which others hold more is looked at again. */
  reconsider(now: number): void {
    this.asking.again(now);
    for (const { theirs } of this.links.values())
      for (const [conversation, devices] of theirs)
        for (const [device, seq] of devices)
          if (seq > this.options.log.seq(conversation, device)) this.asking.look(conversation, device, now);
  }

  /** Sends what is to be told: to authors always, to others when it is time. Call once a turn; `tick` does it too. */
  flush(now: number): void {
    this.telling.flush(now);
  }

  /** Time has passed: sources that brought nothing are left for others. Call a few times a second while links are up. */
  tick(now: number): void {
    for (const { conversation, device } of this.arrivals.takeGaps())
      this.asking.heardOf(conversation, device, now, true);
    this.asking.tick(now);
    this.accounts.agreeing.tick(now);
    this.flush(now);
  }

  /** Whether anything waits for time to pass. */
  get busy(): boolean {
    return this.telling.waits || this.asking.busy || this.arrivals.hasGaps || this.accounts.agreeing.busy;
  }

  /** How much of what the user's other devices hold is here. */
  holdings(): Holdings | undefined {
    return this.catchUp.holdings(this.links.values());
  }

  isSharedOn(link: LinkToken, conversation: ConversationId): boolean {
    const state = this.links.get(link);
    return state !== undefined && this.sharing.isShared(state, conversation);
  }

  private startSharing(state: LinkState, conversation: ConversationId, now: number): void {
    this.accounts.introduce(state, [conversation], now);
    this.tree.meet(state, conversation, now);
    if (state.complete) this.own.push(state, conversation);
  }

  private forget(state: LinkState, conversation: ConversationId): void {
    forget(state, conversation);
    this.accounts.conclude(state);
    this.options.out.stopServing(state.link, conversation);
  }
}
