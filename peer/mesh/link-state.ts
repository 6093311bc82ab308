/** What the sync machine knows of one link. */
import type { Pushed } from '../../protocol/channel-messages.js';
import { raise } from '../../protocol/heads.js';
import type { ChannelName, ConversationId, DeviceId } from '../../protocol/ids.js';
import type { Exchange } from './exchange.js';
import type { LinkPeer } from './ports.js';

/** Logs of which one link may tell: whoever makes up devices cannot fill the memory. */
export const LOGS_MAX = 65_536;

/** One exchange of one link, of one channel. */
export interface Agreement {
  /** As we count them on this link. */
  readonly number: number;
  /** We have said our digest. */
  isOpened: boolean;
  /** As the other side counts; undefined: it has said nothing yet. */
  theirs: number | undefined;
  /** Undefined: it has ended. */
  exchange: Exchange | undefined;
  /** When it last went on. */
  since: number;
  /** All was told by `have`. */
  isListed: boolean;
}

export interface LinkState extends Omit<LinkPeer, 'channels' | 'tree' | 'ranges' | 'pruned'> {
  readonly tree: boolean;
  readonly ranges: boolean;
  readonly pruned: boolean;
  readonly channels: Set<ChannelName>;
  /** Known to be shared; what is not is looked up each time, lest a stranger fill the memory with names. */
  readonly shared: Set<ConversationId>;
  /** What the other side said is durable there. A conversation is absent until it was told. */
  readonly theirs: Map<ConversationId, Map<DeviceId, number>>;
  /** How many logs `theirs` names. */
  logs: number;
  /** The other side's first account is complete. */
  complete: boolean;
  /** Channels whose logs are compared, or were, by digests; and how many comparisons have begun on this link. */
  readonly agreements: Map<ConversationId, Agreement>;
  agreementsBegun: number;
  /** Our first account is complete. */
  toldAll: boolean;
  /** Logs of which another chain than ours is there: while we hold them up to here, nothing that would go on with ours. */
  readonly forked: Map<ConversationId, Map<DeviceId, number>>;
  /** Logs that are there without their content up to here, as the other side said: while we hold less, it has nothing to give. */
  readonly lacking: Map<ConversationId, Map<DeviceId, number>>;
  /** Authors whom this link could not prove: their logs are not asked for here again. */
  readonly unproven: Set<DeviceId>;
  /** What we have told. */
  readonly told: Map<ConversationId, Map<DeviceId, number>>;
  /** What was passed on there, or came from there: of channels with a tree. */
  readonly passed: Map<ConversationId, Map<DeviceId, number>>;
  /** What we push there, by its word; absent: our own log. */
  readonly pushes: Map<ConversationId, Pushed>;
  /** What it is to push here, and since when; absent: its own log. */
  readonly asked: Map<ConversationId, { readonly what: Pushed; readonly at: number; readonly grafted?: boolean }>;
}

export function newLink(peer: LinkPeer): LinkState {
  return {
    ...peer,
    tree: peer.tree === true,
    ranges: peer.ranges === true,
    pruned: peer.pruned === true,
    channels: new Set(peer.channels),
    shared: new Set(),
    theirs: new Map(),
    logs: 0,
    forked: new Map(),
    lacking: new Map(),
    complete: false,
    agreements: new Map(),
    agreementsBegun: 0,
    toldAll: false,
    unproven: new Set(),
    told: new Map(),
    passed: new Map(),
    pushes: new Map(),
    asked: new Map(),
  };
}

/** The logs of one conversation. */
export function known(
  map: Map<ConversationId, Map<DeviceId, number>>,
  conversation: ConversationId,
): Map<DeviceId, number> {
  let devices = map.get(conversation);
  if (!devices) map.set(conversation, (devices = new Map<DeviceId, number>()));
  return devices;
}

/**
 * They said how far they hold logs of a conversation.
 * @returns the logs of which they hold more than they had told
 */
export function hear(
  state: LinkState,
  conversation: ConversationId,
  devices: ReadonlyMap<DeviceId, number>,
): DeviceId[] {
  const theirs = known(state.theirs, conversation);
  const before = theirs.size;
  let more = 0;
  for (const device of devices.keys()) if (!theirs.has(device)) more++;
  if (state.logs + more > LOGS_MAX) return [];
  const raised = raise(theirs, devices);
  state.logs += theirs.size - before;
  return raised;
}

/** The conversation is no longer shared. */
export function forget(state: LinkState, conversation: ConversationId): void {
  state.shared.delete(conversation);
  state.logs -= state.theirs.get(conversation)?.size ?? 0;
  const { theirs, told, forked, lacking, passed, pushes, asked, agreements } = state;
  for (const map of [theirs, told, forked, lacking, passed, pushes, asked, agreements]) map.delete(conversation);
}
