/**
 * What each link is told first of a conversation: of a few logs all of them, by `have`; the logs of a large channel are compared by digests. The
 * account is complete once nothing is left to be found out.
 */
import { raise, type Heads } from '../../protocol/heads.js';
import type { ConversationId } from '../../protocol/ids.js';
import { Agreeing, type AgreeingParts } from './agreeing.js';
import { known, type LinkState } from './link-state.js';
import type { HeadsByConversation, SyncOutput } from './ports.js';
import type { Sharing } from './sharing.js';

export interface AccountsParts extends Omit<AgreeingParts, 'list' | 'settled' | 'isShared'> {
  readonly sharing: Sharing;
  readonly out: Pick<SyncOutput, 'have' | 'ranges' | 'agreed'>;
  /** It is known how far the other side holds each log of it. */
  agreed(state: LinkState, conversation: ConversationId): void;
}

export class Accounts {
  readonly agreeing: Agreeing;

  constructor(private readonly parts: AccountsParts) {
    this.agreeing = new Agreeing({
      ...parts,
      isShared: (state, conversation) => parts.sharing.isShared(state, conversation),
      list: (state, conversation) => this.tell(state, this.of(state, [conversation]), false),
      settled: (state, conversation) => this.settled(state, conversation),
    });
  }

  /** The conversations are shared on this link from now on. */
  introduce(state: LinkState, conversations: readonly ConversationId[], now: number): void {
    const rest: ConversationId[] = [];
    for (const conversation of conversations) {
      if (!this.agreeing.open(state, conversation, now)) rest.push(conversation);
      // What becomes durable in the meantime is told by `have`.
      else raise(known(state.told, conversation), this.parts.sharing.durableFor(state, conversation));
    }
    const isComplete = !state.toldAll && !this.agreeing.isTelling(state);
    state.toldAll ||= isComplete;
    if (rest.length > 0 || isComplete) this.tell(state, this.of(state, rest), isComplete);
  }

  tell(state: LinkState, heads: HeadsByConversation, complete: boolean): void {
    for (const [conversation, devices] of heads) raise(known(state.told, conversation), devices);
    this.parts.out.have(state.link, heads, complete);
  }

  private of(state: LinkState, conversations: readonly ConversationId[]): HeadsByConversation {
    return new Map(
      conversations.map((conversation): [ConversationId, Heads] => [
        conversation,
        this.parts.sharing.durableFor(state, conversation),
      ]),
    );
  }

  /** Says that all was told once nothing is left to be: also where what was compared is not shared any more. */
  conclude(state: LinkState): void {
    if (state.toldAll || this.agreeing.isTelling(state)) return;
    state.toldAll = true;
    this.tell(state, new Map(), true);
  }

  private settled(state: LinkState, conversation: ConversationId): void {
    this.conclude(state);
    if (this.agreeing.isOpen(state, conversation)) return;
    this.parts.out.agreed(state.link, conversation, known(state.theirs, conversation));
    this.parts.agreed(state, conversation);
  }
}
