/** Test support: names that are what they are called. */
import type { ReachView } from '../../protocol/reach.js';
import type { Reachability } from '../reach-services.js';
import {
  parseChannelName,
  parseConversationId,
  parseDeviceId,
  parseUsername,
  type ChannelName,
  type ConversationId,
  type DeviceId,
  type Username,
} from '../../protocol/ids.js';

export function username(text: string): Username {
  const name = parseUsername(text);
  if (!name) throw new Error(`${text} is no username`);
  return name;
}

export function channel(text: string): ChannelName {
  const name = parseChannelName(text);
  if (!name) throw new Error(`${text} is no channel`);
  return name;
}

export function conversation(text: string): ConversationId {
  const id = parseConversationId(text);
  if (!id) throw new Error(`${text} is no conversation`);
  return id;
}

export function deviceOf(user: string): DeviceId {
  const device = parseDeviceId(`${user}-device`.padEnd(22, '0'));
  if (!device) throw new Error(`${user} is too long`);
  return device;
}

/** How a device is reached that nobody examines. */
export const testReach = (view: () => ReachView): Reachability => ({
  view,
  examine: async () => ({ checks: [], faults: [], ms: 0 }),
});
