/** What the core is given: what it stands on, and whom it asks and tells. */
import type { ErrorCode } from '../../protocol/errors.js';
import type { DeviceId, Username } from '../../protocol/ids.js';
import type { Rates } from '../../protocol/rates.js';
import type { Identity } from '../identity/identity.js';
import type { CheckedCertificate } from '../log/keyring.js';
import type { MailTracker } from '../mailbox/ports.js';
import type { Log, PeerEmitter } from '../services.js';
import type { NewNotice } from '../settings/pins.js';
import type { Store } from '../store/store.js';
import type { ConversationBookOptions } from './conversations.js';
import type { DeliveryOptions } from './delivery.js';
import type { DiskSpace } from './free-space.js';
import type { FirstWrite } from './first-write.js';
import type { ForksOptions } from './forks.js';
import type { MembershipOptions } from './membership.js';
import type { Blocks } from './block-filter.js';
import type { SocialOptions } from './social.js';

export interface CoreOptions {
  readonly identity: Identity;
  readonly store: Store;
  readonly events: PeerEmitter;
  readonly clock: { now(): number };
  readonly logger: Log;
  /** Those of the protocol unless given. */
  readonly rates?: Rates | undefined;
  /** The disk that the history is on, where it is not the store's. */
  readonly space?: (() => Promise<DiskSpace>) | undefined;
  readonly tracker: MembershipOptions['tracker'];
  /** The tracker's mailboxes, and where the keys to ours are kept. */
  readonly mail: { readonly tracker: MailTracker; readonly directory: string };
  /** Others hold something else in a log of ours. */
  readonly forks: Pick<ForksOptions, 'device' | 'retired' | 'healed' | 'heal'>;
  /** Why nothing is written now, by the clocks; undefined: it is. */
  readonly refusal: () => ErrorCode | undefined;
  /** Holds back what is written first. */
  readonly firstWrite: Pick<FirstWrite, 'pass'>;
  readonly isKnown: (username: Username) => boolean;
  /** A message waits for this user's devices, to none of which there is a link. */
  readonly wanted: (username: Username) => void;
  readonly notify: (notice: NewNotice) => void;
  readonly dismiss: (id: string) => void;
  /** A certificate was checked against the CA, and kept. */
  readonly seen: (certificate: CheckedCertificate) => void;
  readonly revokedAt: (device: DeviceId) => number | undefined;
  /** The devices that have to hold what a user is said to have. */
  readonly devicesOf: DeliveryOptions['devicesOf'];
  readonly person: DeliveryOptions['person'];
  readonly lookUp: DeliveryOptions['lookUp'];
  readonly tellReads: DeliveryOptions['tellReads'];
  readonly social: SocialOptions['social'];
  /** Of whom nothing is shown. */
  readonly blocks: Blocks;
  /** Of whom nothing counts as unread. */
  readonly silent: ConversationBookOptions['silent'];
  readonly silentUsers: ConversationBookOptions['silentUsers'];
  /** What is worth a notification in a conversation. */
  readonly notifyOf: ConversationBookOptions['notify'];
}
