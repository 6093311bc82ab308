/**
 * Whom to link to (SPEC.md section 5, mesh): up to 16 others all of them, above that a bounded random choice that is kept as
 * long as it lives. Entries of a conversation pass only between its members, so the members of each channel must hang
 * together by links of their own, however few they are among all. A pure decision: the driver dials.
 */
import type { ChannelName, DeviceId } from '../../protocol/ids.js';
import { FULL_MESH_MAX, LINKS_MAX } from '../../protocol/limits.js';

/** Members of a channel, besides ourselves, who are all linked with us whatever else there is. */
const ALL_LINKED_MAX = 4;
/** So many links into one channel are enough, however many members it has. */
const IN_CHANNEL_MAX = 8;
/** With so many others online a crowd is none any more. */
const CROWD_ENDS = FULL_MESH_MAX - 4;

export interface Choice {
  /** Devices that can be dialled, with the time from which on (back-off), in milliseconds. */
  readonly candidates: readonly { readonly device: DeviceId; readonly notBefore: number }[];
  /** All links, those on their way among them. */
  readonly linked: ReadonlySet<DeviceId>;
  /** Of those the ones that this peer has chosen, which count for its channels. */
  readonly own: ReadonlySet<DeviceId>;
  /** Devices that a direct message waits for, and our own others: linked to whatever the number. */
  readonly needed: ReadonlySet<DeviceId>;
  /** The candidates in each channel of ours. */
  readonly channels: readonly ReadonlySet<DeviceId>[];
  /** So many more than are wanted. Absent: none. */
  readonly besides?: number;
  readonly now: number;
  /** In [0, 1). */
  readonly random: () => number;
}

/** How many links a peer has in the mean, when so many others are online. */
export function wantedLinks(online: number): number {
  return online <= FULL_MESH_MAX ? online : Math.min(LINKS_MAX, Math.ceil(Math.log2(online)) + 4);
}

/** How many of them it chooses itself: the other half are chosen by those at their other ends. */
export function choicesOf(online: number): number {
  return online <= FULL_MESH_MAX ? online : Math.ceil(wantedLinks(online) / 2);
}

/**
 * How many of its links lead to members of one channel. Random graphs in which everybody has so many neighbours hang
 * together but for one in many millions; up to nine members there is no other way, and with more than a hundred eight are enough.
 */
export function wantedInChannel(others: number): number {
  return others <= ALL_LINKED_MAX ? others : Math.min(IN_CHANNEL_MAX, Math.ceil(Math.log2(others + 1)) + 1);
}

/** The candidates in each of these channels, but for some. */
export function membersByChannel(
  names: Iterable<ChannelName>,
  candidates: Iterable<{ readonly device: DeviceId; readonly channels: readonly ChannelName[] }>,
  but: ReadonlySet<DeviceId>,
): Map<ChannelName, Set<DeviceId>> {
  const members = new Map<ChannelName, Set<DeviceId>>();
  for (const channel of names) members.set(channel, new Set());
  for (const { device, channels } of candidates)
    if (!but.has(device)) for (const channel of channels) members.get(channel)?.add(device);
  return members;
}

/**
 * Channels that a peer with so many others online is not linked to all of, so that what is written there has to be passed on. Somewhat
 * fewer are a crowd still where there was one, so that one who comes and goes changes nothing.
 * @param members the others in each channel
 */
export function crowdedChannels(
  online: number,
  members: ReadonlyMap<ChannelName, ReadonlySet<DeviceId>>,
  before: ReadonlySet<ChannelName>,
): Set<ChannelName> {
  const crowded = new Set<ChannelName>();
  for (const [channel, others] of members) {
    const isLarge = online > FULL_MESH_MAX || (before.has(channel) && online > CROWD_ENDS);
    if (isLarge && others.size > ALL_LINKED_MAX) crowded.add(channel);
  }
  return crowded;
}

/** The devices to dial now. */
export function chooseNeighbours({
  candidates,
  linked,
  own,
  needed,
  channels,
  besides = 0,
  now,
  random,
}: Choice): DeviceId[] {
  const open = new Set<DeviceId>();
  for (const { device, notBefore } of candidates) if (!linked.has(device) && notBefore <= now) open.add(device);
  const chosen = new Set<DeviceId>();
  const take = (from: DeviceId[], count: number): void => {
    for (let missing = count; missing > 0 && from.length > 0; missing--) {
      const [device] = from.splice(Math.floor(random() * from.length), 1);
      if (device === undefined) return;
      open.delete(device);
      chosen.add(device);
    }
  };
  take(
    [...open].filter((device) => needed.has(device)),
    Infinity,
  );
  // Small channels first: who is chosen for them counts in the large ones too.
  for (const members of [...channels].sort((a, b) => a.size - b.size)) {
    const missing = missingIn(members, { linked, own, chosen });
    if (missing > 0)
      take(
        [...members].filter((device) => open.has(device)),
        missing,
      );
  }
  const all = candidates.length <= FULL_MESH_MAX ? linked : own;
  take([...open], choicesOf(candidates.length) + besides - all.size - chosen.size);
  return [...chosen];
}

/** Half of those in a larger channel are this peer's own choice, so that others cannot surround it. */
function missingIn(
  members: ReadonlySet<DeviceId>,
  { linked, own, chosen }: Pick<Choice, 'linked' | 'own'> & { readonly chosen: ReadonlySet<DeviceId> },
): number {
  const wanted = wantedInChannel(members.size);
  let [all, ours] = [0, 0];
  for (const device of members) {
    if (linked.has(device) || chosen.has(device)) all++;
    if (own.has(device) || chosen.has(device)) ours++;
  }
  return members.size <= ALL_LINKED_MAX ? wanted - all : Math.max(wanted - all, Math.ceil(wanted / 2) - ours);
}
