/** What a tracker may answer, with bounds: it may be hostile, and what answers at its address may be no tracker at all. */
import Type, { type Static } from 'typebox';
import { Compile } from 'typebox/compile';
import {
  Address,
  Challenged,
  ChannelField,
  ChannelRecord,
  DeviceRecord,
  Failure,
  GuestEntered,
  GuestsAllowed,
  PeerRecord,
  PresenceView,
  Submitted,
  TrackerEvent,
} from '../../protocol/tracker-api.js';
import { Revocation } from '../../protocol/revocation.js';

/** A body, or an event. */
export const ANSWER_MAX = 8 * 1024 * 1024;
/** Peers, or channels, in an answer or in memory. */
export const LIST_MAX = 20_000;
const DEVICES_MAX = 1024;
const REVOKED_MAX = 1000;
const CHANNELS_OF_PEER_MAX = 1024;
const ADDRESSES_MAX = 16;

const Success = Type.Literal('success');

export const failureAnswer = Compile(Failure);
export const successAnswer = Compile(Type.Object({ status: Success }));
export const submittedAnswer = Compile(Submitted);
/** Only what may stand in a header. */
const Token = Type.String({ pattern: '^[A-Za-z0-9._~+/=-]{16,512}$' });
export const loginAnswer = Compile(Type.Object({ status: Success, token: Token }));
export const challengeAnswer = Compile(Challenged);
export const guestsAnswer = Compile(GuestsAllowed);
export const guestAnswer = Compile(Type.Object({ ...GuestEntered.properties, token: Token }));
export const addListAnswer = Compile(Type.Object({ status: Success, channel: ChannelField }));
export const channelsAnswer = Compile(
  Type.Object({ status: Success, channels: Type.Array(ChannelRecord, { maxItems: LIST_MAX }) }),
);
export const revokedAnswer = Compile(Type.Object({ status: Success, revocation: Revocation }));
export const devicesAnswer = Compile(
  Type.Object({ status: Success, devices: Type.Array(DeviceRecord, { maxItems: DEVICES_MAX }) }),
);

const BoundedPeer = Type.Object({
  ...PeerRecord.properties,
  addresses: Type.Array(Address, { maxItems: ADDRESSES_MAX }),
  channels: Type.Array(ChannelField, { maxItems: CHANNELS_OF_PEER_MAX }),
});

const Snapshot = Type.Object({
  type: Type.Literal('snapshot'),
  peers: Type.Array(BoundedPeer, { maxItems: LIST_MAX }),
  channels: Type.Array(ChannelRecord, { maxItems: LIST_MAX }),
  revoked: Type.Optional(Type.Array(Revocation, { maxItems: REVOKED_MAX })),
  view: Type.Optional(PresenceView),
});
export type TrackerSnapshot = Static<typeof Snapshot>;

const snapshot = Compile(Snapshot);
const change = Compile(TrackerEvent);
const peer = Compile(BoundedPeer);
const typed = Compile(Type.Object({ type: Type.String({ maxLength: 64 }) }));
const knownTypes = new Set<string>(TrackerEvent.anyOf.map(({ properties }) => properties.type.const));

export type ParsedEvent =
  | { readonly kind: 'event'; readonly event: TrackerEvent }
  /** Of a later version: to be ignored. */
  | { readonly kind: 'unknown'; readonly type: string }
  | { readonly kind: 'bad' };

/** One message of /events. */
export function parseEvent(text: string): ParsedEvent {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return { kind: 'bad' };
  }
  if (!typed.Check(value)) return { kind: 'bad' };
  if (!knownTypes.has(value.type)) return { kind: 'unknown', type: value.type };
  if (value.type === 'snapshot') return snapshot.Check(value) ? { kind: 'event', event: value } : { kind: 'bad' };
  if (!change.Check(value) || peersOf(value).length > LIST_MAX) return { kind: 'bad' };
  if (!peersOf(value).every((one) => peer.Check(one))) return { kind: 'bad' };
  return { kind: 'event', event: value };
}

function peersOf(event: TrackerEvent): readonly PeerRecord[] {
  if (event.type === 'view') return event.peers;
  return event.type === 'peer_joined' || event.type === 'peer_updated' ? [event.peer] : [];
}
