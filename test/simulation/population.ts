/** Who there is and what they are in: users with one device or two, channels from all to one, pairs. */
import {
  directConversation,
  type ChannelName,
  type ConversationId,
  type DeviceId,
  type Username,
} from '../../protocol/ids.js';
import type { Random } from './random.js';
import type { Settings } from './settings.js';

export interface Member {
  readonly username: Username;
  readonly device: DeviceId;
  readonly channels: readonly ChannelName[];
}

export interface Population {
  readonly honest: readonly Member[];
  readonly hostile: readonly Member[];
  readonly channels: readonly ChannelName[];
  readonly pairs: readonly ConversationId[];
}

/** Part of the users with a second device. */
const SECOND_DEVICE = 0.12;

export function populate(settings: Settings, random: Random): Population {
  const { peers, hostile } = settings;
  const users: Username[] = [];
  const owners: Username[] = [];
  for (let i = 0; i < peers - hostile; i++) {
    const second = users.length > 2 && random.chance(SECOND_DEVICE);
    const owner = second ? random.pick(users) : undefined;
    if (owner === undefined) users.push(`User${i}` as Username);
    owners.push(owner ?? (`User${i}` as Username));
  }
  const general = 'general' as ChannelName;
  const memberships = new Map<Username, ChannelName[]>(users.map((user) => [user, [general]]));
  const channels = [general];
  sizes(settings.channels, users.length).forEach((size, i) => {
    const channel = `c${i + 1}` as ChannelName;
    channels.push(channel);
    for (const user of random.sample(users, size)) memberships.get(user)?.push(channel);
  });
  const pairs = users.map((user) => directConversation(user, random.pick(users) ?? user));
  const member = (username: Username): Member => ({
    username,
    device: random.text(22) as DeviceId,
    channels: memberships.get(username) ?? [general],
  });
  return {
    honest: owners.map(member),
    hostile: Array.from({ length: hostile }, (_, i) => member(`Mallory${i}` as Username)),
    channels,
    pairs: [...new Set(pairs)],
  };
}

/** Around the bounds of the mesh, and from nearly all down to one. */
function sizes(count: number, users: number): number[] {
  const wanted = [Math.ceil(users * 0.6), 2, 17, 5, 16, 3, 24, 9, 1, 4, 12, 7];
  return Array.from({ length: count }, (_, i) => Math.min(users, wanted[i % wanted.length] ?? 1));
}
