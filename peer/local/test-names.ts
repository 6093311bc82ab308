/** Test support: names that are what they are called. */
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
