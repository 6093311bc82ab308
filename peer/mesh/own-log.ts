/** This device's own log on each link: pushed to whoever has told how much of it is there, and what they say that they hold of it. */
import type { ConversationId, DeviceId } from '../../protocol/ids.js';
import type { Agreeing } from './agreeing.js';
import type { Asking } from './asking.js';
import type { LinkState } from './link-state.js';
import type { LogHeads, SyncOutput } from './ports.js';
import { isDirect, type Sharing } from './sharing.js';

export interface OwnLogParts {
  readonly device: DeviceId;
  readonly log: LogHeads;
  readonly out: Pick<SyncOutput, 'serve' | 'unfollow' | 'receipt'>;
  readonly sharing: Pick<Sharing, 'lacks'>;
  readonly agreeing: Pick<Agreeing, 'isOpen'>;
  readonly asking: Pick<Asking, 'look'>;
}

export class OwnLog {
  constructor(private readonly parts: OwnLogParts) {}

  /** It flows to whoever has told how much of it is there: from then on the sender follows its end. */
  push(state: LinkState, conversation: ConversationId): void {
    const { device, log, out } = this.parts;
    if (state.pushes.get(conversation) === 'none' || !this.isTold(state, conversation)) return;
    const held = state.theirs.get(conversation)?.get(device) ?? 0;
    if (held < (log.pruned?.(conversation, device, state) ?? 0)) return;
    out.serve(state.link, conversation, device, held + 1, Infinity);
  }

  /** From now on only, or not any more. What was written meanwhile is told by `have`. */
  follow(state: LinkState, conversation: ConversationId, follows: boolean): void {
    const { device, log, out } = this.parts;
    if (!follows) out.unfollow(state.link, conversation);
    else if (this.isTold(state, conversation))
      out.serve(state.link, conversation, device, (log.durable(conversation).get(device) ?? 0) + 1, Infinity);
  }

  /** They have told how far they hold it. */
  heard(state: LinkState, conversation: ConversationId, now: number): void {
    const { device, log, asking } = this.parts;
    const held = this.says(state, conversation);
    if (held > log.seq(conversation, device)) asking.look(conversation, device, now);
  }

  /** Tells what the link's device has said last. @returns up to where it holds our own log */
  says(state: LinkState, conversation: ConversationId): number {
    const { device, log, out, sharing } = this.parts;
    const held = state.theirs.get(conversation)?.get(device) ?? 0;
    const seq = Math.min(held, log.seq(conversation, device));
    const lacks = isDirect(conversation) && sharing.lacks(state, conversation, device);
    out.receipt(conversation, { device: state.device, username: state.username, seq, lacks });
    return held;
  }

  /** Whether they have told how much of it is there: of a channel after `joined`. */
  private isTold(state: LinkState, conversation: ConversationId): boolean {
    return state.complete && state.theirs.has(conversation) && !this.parts.agreeing.isOpen(state, conversation);
  }
}
