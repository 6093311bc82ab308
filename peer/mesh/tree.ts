/**
 * Which links carry the new entries of a large channel (SPEC.md section 5, tree): whoever has something new passes it on to all who ask for
 * all; of two links that bring the same one is asked for nothing any more, and tells only what it holds; where that shows that something
 * was missed, it is asked for all again. What is left is a tree (Plumtree, Leitão et al. 2007). A machine without clock or randomness.
 */
import {
  channelConversation,
  conversationParts,
  type ChannelName,
  type ConversationId,
  type DeviceId,
} from '../../protocol/ids.js';
import type { Pushed } from '../../protocol/channel-messages.js';
import { raise } from '../../protocol/heads.js';
import { known, type LinkState } from './link-state.js';
import type { LinkToken, SyncOutput } from './ports.js';

/** After a link was asked for all since the tree had missed something: until that can show, no other one is. Milliseconds. */
const GRAFTS_APART_MS = 500;
/** So long it stays in the place of the one that had failed, if both bring the same. */
const GRAFT_STAYS_MS = 30_000;
/** Whoever pushes what it was asked not to is told again, but not while that may be on its way. */
const AGAIN_MS = 1_000;

export interface TreeParts {
  readonly links: ReadonlyMap<LinkToken, LinkState>;
  isShared(state: LinkState, conversation: ConversationId): boolean;
  readonly out: Pick<SyncOutput, 'push'>;
  /** Our own log is to be pushed on this link from now on, or not any more. */
  followOwn(state: LinkState, conversation: ConversationId, follows: boolean): void;
  /** All that was not told on this link is told: it was outside of the tree, and is part of it from now on. */
  tellAll(state: LinkState, conversation: ConversationId): void;
}

export class Tree {
  /** Channels with a tree: they have more members than we have links with. */
  private crowded: ReadonlySet<ConversationId> = new Set();
  /** Which link brought the end of a log first. */
  private readonly first = new Map<ConversationId, Map<DeviceId, { readonly link: LinkToken; readonly seq: number }>>();
  /** When a link was last asked for all because of what was missed. */
  private readonly graftedAt = new Map<ConversationId, number>();

  constructor(private readonly parts: TreeParts) {}

  has(conversation: ConversationId): boolean {
    return this.crowded.has(conversation);
  }

  /** These channels have more members than this peer is linked with; all others are pushed by their authors alone. */
  setCrowded(channels: ReadonlySet<ChannelName>, now: number): void {
    const before = this.crowded;
    this.crowded = new Set([...channels].map(channelConversation));
    for (const conversation of this.crowded)
      if (!before.has(conversation)) for (const state of this.parts.links.values()) this.meet(state, conversation, now);
    for (const conversation of before) {
      if (this.crowded.has(conversation)) continue;
      this.first.delete(conversation);
      for (const state of this.parts.links.values())
        if (state.asked.has(conversation)) this.ask(state, conversation, 'own', now);
    }
  }

  /** The conversation is shared on this link from now on. */
  meet(state: LinkState, conversation: ConversationId, now: number): void {
    if (state.tree && this.crowded.has(conversation) && this.parts.isShared(state, conversation))
      this.ask(state, conversation, 'all', now);
  }

  /** The link is gone: where nobody else is asked for all, the one that has been up longest is. */
  down(state: LinkState, now: number): void {
    for (const [conversation, { what }] of state.asked) {
      if (what !== 'all' || !this.crowded.has(conversation)) continue;
      const others = [...this.parts.links.values()].filter(({ asked }) => asked.has(conversation));
      const [oldest] = others;
      if (oldest && others.every(({ asked }) => asked.get(conversation)?.what === 'none'))
        this.ask(oldest, conversation, 'all', now);
    }
  }

  /** The other side says what we are to push. What it asks for nothing of it pushes nothing of either, and the other way round. */
  told(link: LinkToken, channel: ChannelName, what: Pushed, now: number): void {
    const state = this.parts.links.get(link);
    const conversation = channelConversation(channel);
    if (!state?.tree || !this.parts.isShared(state, conversation)) return;
    const wasOutside = state.pushes.get(conversation) === 'none';
    this.setPushes(state, conversation, what);
    if (wasOutside && what === 'all') this.parts.tellAll(state, conversation);
    const asked = state.asked.get(conversation)?.what;
    if (asked === undefined || asked === 'own' || what === 'own' || asked === what) return;
    state.asked.set(conversation, { what, at: now });
  }

  /** A link has brought the end of a log, proven: nobody else had before. */
  brought(link: LinkToken, conversation: ConversationId, device: DeviceId, seq: number): void {
    if (!this.crowded.has(conversation)) return;
    let logs = this.first.get(conversation);
    if (!logs) this.first.set(conversation, (logs = new Map<DeviceId, { link: LinkToken; seq: number }>()));
    logs.set(device, { link, seq });
  }

  /** The link that brought the end of a log first: nearer to its author than we are. */
  cameBy(conversation: ConversationId, device: DeviceId): LinkToken | undefined {
    return this.first.get(conversation)?.get(device)?.link;
  }

  /** The links that are asked for all of a channel. */
  branches(conversation: ConversationId): LinkToken[] {
    const states = [...this.parts.links.values()];
    return states.filter(({ asked }) => asked.get(conversation)?.what === 'all').map(({ link }) => link);
  }

  /** A link has brought what another one had brought before: one of them is enough. */
  duplicate(state: LinkState, conversation: ConversationId, device: DeviceId, now: number): void {
    const first = this.parts.links.get(this.first.get(conversation)?.get(device)?.link ?? NaN);
    if (!state.tree || !this.crowded.has(conversation) || !first || first === state) return;
    const [one, two] = [first.asked.get(conversation), state.asked.get(conversation)];
    if (two?.what === 'none' && now - two.at > AGAIN_MS) this.ask(state, conversation, 'none', now);
    // What was served on request says nothing of the tree.
    if (one?.what !== 'all' || two?.what !== 'all') return;
    const stays = two.grafted === true && now - two.at < GRAFT_STAYS_MS && two.at > one.at;
    this.ask(stays ? first : state, conversation, 'none', now);
  }

  /** The tree did not bring what this link holds. */
  missed(state: LinkState, conversation: ConversationId, now: number): void {
    if (!state.tree || !this.crowded.has(conversation)) return;
    // A clock that was set back holds nothing up.
    const since = now - (this.graftedAt.get(conversation) ?? -Infinity);
    if (since >= 0 && since < GRAFTS_APART_MS) return;
    this.graftedAt.set(conversation, now);
    this.ask(state, conversation, 'all', now, true);
  }

  /** The links to which what came of this log, up to `seq`, is passed on, and after which entry. */
  targets(conversation: ConversationId, device: DeviceId, seq: number): { link: LinkToken; after: number }[] {
    const targets = [];
    for (const state of this.parts.links.values()) {
      if (state.pushes.get(conversation) !== 'all' || state.device === device || !state.complete) continue;
      const after = Math.max(
        state.theirs.get(conversation)?.get(device) ?? 0,
        state.passed.get(conversation)?.get(device) ?? 0,
      );
      if (after < seq) targets.push({ link: state.link, after });
    }
    return targets;
  }

  /** Whether any link is to be pushed what others write. */
  passesOn(conversation: ConversationId): boolean {
    for (const { pushes } of this.parts.links.values()) if (pushes.get(conversation) === 'all') return true;
    return false;
  }

  /** A log was passed on to a link up to here. */
  passed(link: LinkToken, conversation: ConversationId, device: DeviceId, seq: number): void {
    const state = this.parts.links.get(link);
    if (state) raise(known(state.passed, conversation), new Map([[device, seq]]));
  }

  private ask(state: LinkState, conversation: ConversationId, what: Pushed, now: number, grafted = false): void {
    const parts = conversationParts(conversation);
    if (parts?.kind !== 'channel') return;
    state.asked.set(conversation, { what, at: now, grafted });
    this.parts.out.push(state.link, parts.channel, what);
    const pushes = state.pushes.get(conversation);
    if (what === 'none' && pushes === 'all') this.setPushes(state, conversation, 'none');
    if (what === 'all' && pushes === 'none') this.setPushes(state, conversation, 'all');
  }

  private setPushes(state: LinkState, conversation: ConversationId, what: Pushed): void {
    const before = state.pushes.get(conversation) ?? 'own';
    state.pushes.set(conversation, what);
    if ((what === 'none') !== (before === 'none')) this.parts.followOwn(state, conversation, what !== 'none');
  }
}
