/** What the receipts of a large channel need of the parts around them (`signed-receipts.ts`). */
import type { ConversationId, DeviceId, Username } from '../../protocol/ids.js';
import type { ReceiptMessage } from '../../protocol/receipt-messages.js';
import type { LogKeys } from '../log/ports.js';
import type { LinkToken, LogHeads } from './ports.js';

/** What a device of another user holds of our own log. */
export interface Held {
  readonly device: DeviceId;
  readonly username: Username;
  readonly seq: number;
}

export interface SignedReceiptParts {
  readonly keys: Pick<LogKeys, 'sign' | 'verify'> & {
    /** Whose device it is; undefined for one without a certificate, or whose word does not count any more. */
    owner(device: DeviceId): Username | undefined;
  };
  readonly heard: (conversation: ConversationId, held: Held) => void;
}

export interface ReceiptRelayOptions extends SignedReceiptParts {
  readonly username: Username;
  readonly device: DeviceId;
  readonly log: Pick<LogHeads, 'durable'>;
  readonly tree: {
    has(conversation: ConversationId): boolean;
    /** The link over which a log has come, as far as is known. */
    cameBy(conversation: ConversationId, device: DeviceId): LinkToken | undefined;
    /** Links that entries of others come by. */
    branches(conversation: ConversationId): readonly LinkToken[];
  };
  /** Whether both sides of a link are in the channel. */
  readonly isShared: (link: LinkToken, conversation: ConversationId) => boolean;
  /** Before receipts it sends the certificates of their devices that the link was not sent yet. */
  readonly send: (link: LinkToken, line: ReceiptMessage) => void;
  /** The link has brought what its device has not signed. */
  readonly refuse: (link: LinkToken) => void;
  /** Something waits for time to pass that did not before: what was checked is there outside of any call. */
  readonly soon: () => void;
}
