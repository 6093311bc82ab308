/** What the sync machine knows of one link. */
import type { ChannelName, ConversationId, DeviceId } from '../../protocol/ids.js';
import type { LinkPeer } from './ports.js';

export interface LinkState extends Omit<LinkPeer, 'channels'> {
  readonly channels: Set<ChannelName>;
  /** Known to be shared; what is not is looked up each time, lest a stranger fill the memory with names. */
  readonly shared: Set<ConversationId>;
  /** What the other side said is durable there. A conversation is absent until it was told. */
  readonly theirs: Map<ConversationId, Map<DeviceId, number>>;
  /** How many logs `theirs` names. */
  logs: number;
  /** The other side's first account is complete. */
  complete: boolean;
  /** Authors whom this link could not prove: their logs are not asked for here again. */
  readonly unproven: Set<DeviceId>;
  /** What we have told, and logs to tell of: to authors with the next turn, to others later. */
  readonly told: Map<ConversationId, Map<DeviceId, number>>;
  readonly soon: Map<ConversationId, Set<DeviceId>>;
  readonly later: Map<ConversationId, Set<DeviceId>>;
}

export function newLink(peer: LinkPeer): LinkState {
  return {
    ...peer,
    channels: new Set(peer.channels),
    shared: new Set(),
    theirs: new Map(),
    logs: 0,
    complete: false,
    unproven: new Set(),
    told: new Map(),
    soon: new Map(),
    later: new Map(),
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
