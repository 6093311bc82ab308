/**
 * The CA's word on a channel that an admin has renamed, archived or deleted (SPEC.md section 3): what it is called, and whether anything
 * is written there. It is signed by the CA, so that nobody at the tracker's address can close a channel, or show one under the name of
 * another; without that signature it is ignored. Of two, the later one counts.
 */
import Type, { type Static } from 'typebox';
import { CHANNEL_PATTERN } from './limits.js';
import { Revocation } from './revocation.js';

/** `archived`: to be read, nothing new is written, and nobody joins. `deleted`: the same for good, and on no list. */
export const ChannelStateField = Type.Enum(['used', 'archived', 'deleted']);
export type ChannelState = Static<typeof ChannelStateField>;

export const ChannelWord = Type.Object({
  /** Its name for good: that of the conversation in all logs. */
  channel: Type.String({ pattern: CHANNEL_PATTERN }),
  /** What it is called now; its name, unless an admin has renamed it. */
  title: Type.String({ pattern: CHANNEL_PATTERN }),
  state: ChannelStateField,
  /** When that changed: ISO 8601, UTC, milliseconds, by the tracker's clock; of one channel, each is later than the one before. */
  time: Revocation.properties.time,
  /** Ed25519 by the CA's key over `channelWordBytes`: 64 bytes, base64url. */
  sig: Revocation.properties.sig,
});
export type ChannelWord = Static<typeof ChannelWord>;

/** The signed bytes. No other statement of the CA, and no certificate, starts with the same bytes. */
export function channelWordBytes({ channel, title, state, time }: Omit<ChannelWord, 'sig'>): Buffer {
  const body = `{"channel":"${channel}","title":"${title}","state":"${state}","time":"${time}"}`;
  return Buffer.from(`parley/channel/1\n${body}`);
}

/** A peer's record without channels that are deleted: nobody is in them, which is told of all members at once. */
export function outside<Peer extends { channels: string[] }>(
  peer: Peer,
  gone: { has(channel: string): boolean },
): Peer {
  const isGone = (channel: string): boolean => gone.has(channel);
  return peer.channels.some(isGone) ? { ...peer, channels: peer.channels.filter((name) => !isGone(name)) } : peer;
}
