/** Whom direct messages of this device wait for: such users are linked to before all others. */
import {
  otherParty,
  userKey,
  type ConversationId,
  type DeviceId,
  type UserKey,
  type Username,
} from '../../protocol/ids.js';
import type { LogHeads } from './ports.js';

/** @param delivered up to which `seq` of our log one of the user's devices holds it */
export function waitingUsers(
  self: { readonly username: Username; readonly device: DeviceId },
  heads: Pick<LogHeads, 'conversations' | 'durable'>,
  delivered: (conversation: ConversationId, user: UserKey) => number,
): Set<UserKey> {
  const users = new Set<UserKey>();
  for (const conversation of heads.conversations()) {
    const other = otherParty(conversation, self.username);
    if (other === undefined || other === userKey(self.username)) continue;
    const written = heads.durable(conversation).get(self.device) ?? 0;
    if (written > delivered(conversation, other)) users.add(other);
  }
  return users;
}

/** The devices to be linked to whatever the number of links: the user's own others, and those of users who are waited for. */
export function neededDevices(
  self: Username,
  waiting: Iterable<UserKey>,
  candidates: Iterable<{ readonly username?: Username | undefined; readonly device: DeviceId }>,
): Set<DeviceId> {
  const users = new Set([userKey(self), ...waiting]);
  const devices = new Set<DeviceId>();
  for (const { username, device } of candidates) {
    if (username !== undefined && users.has(userKey(username))) devices.add(device);
  }
  return devices;
}
