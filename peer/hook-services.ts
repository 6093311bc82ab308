/** What a peer offers of webhooks to its doors. */
import type { ConversationId } from '../protocol/ids.js';
import type { HookCreated, HookView } from '../protocol/local-hooks.js';

export interface NewHook {
  readonly direction: 'in' | 'out';
  readonly name: string;
  readonly conversation: ConversationId | undefined;
  readonly url: string | undefined;
  readonly mentions: boolean;
  readonly local: boolean;
}

/** Who may post by a secret address, and where. */
export interface IncomingHook {
  readonly id: string;
  readonly name: string;
  readonly conversation: ConversationId;
}

export interface Hooks {
  list(): HookView[];
  /** Resolves once it is on the disk. @throws bad_request for a name or a URL that is none, or one too many */
  create(hook: NewHook): Promise<HookCreated>;
  /** It counts no more at once. @throws not_found */
  revoke(id: string): Promise<void>;
  /** Compares with all of them in constant time. */
  incoming(secret: string): IncomingHook | undefined;
}
