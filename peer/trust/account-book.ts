/**
 * Acts on what the CA says of accounts (SPEC.md section 3): links with devices of one that is disabled or removed end, and none is
 * made until it is used again. What was written before stays. This user's own account may be one of them.
 */
import type { AccountWord } from '../../protocol/account-word.js';
import type { ErrorCode } from '../../protocol/errors.js';
import { sameUser, type Username } from '../../protocol/ids.js';
import type { LinkMessage } from '../../protocol/link-messages.js';
import type { TrackerEvent } from '../../protocol/tracker-api.js';
import type { Log } from '../services.js';
import type { NewNotice } from '../settings/pins.js';
import type { AccountWords } from './account-words.js';
import { Gossip, type GossipLink } from './gossip.js';

interface AccountLink extends GossipLink {
  readonly remote: { readonly username: Username };
  close(code?: ErrorCode): void;
}

export interface AccountBookOptions {
  readonly self: { readonly username: Username };
  readonly words: AccountWords;
  readonly notices: { raise(notice: NewNotice): void; dismiss(id: string): void };
  readonly links: { all(): Iterable<AccountLink> };
  /** Others are to be dialled, or not any more. */
  readonly changed: () => void;
  /** Something new is known of this account. */
  readonly told: (username: Username) => void;
  readonly log: Log;
}

const NOTICE = 'account_disabled_here';

export class AccountBook {
  readonly #options: AccountBookOptions;
  readonly #gossip: Gossip<AccountWord>;

  constructor(options: AccountBookOptions) {
    this.#options = options;
    this.#gossip = new Gossip(options.words, (words, digest) => ({
      type: 'accounts',
      words,
      ...(digest !== undefined && { digest }),
    }));
    this.#tellOwn();
  }

  up(link: AccountLink): void {
    this.#gossip.up(link);
    // Who dialled may have heard of it between its greeting and the answer.
    if (this.#isBarred(link)) link.close('account_disabled');
  }

  down(link: AccountLink): void {
    this.#gossip.down(link);
  }

  /** Takes from a link what is for it. */
  messages(link: AccountLink, messages: readonly LinkMessage[]): void {
    for (const message of messages) {
      if (message.type !== 'accounts') continue;
      this.learn(message.words);
      this.#gossip.heard(link, message);
    }
  }

  heard(event: TrackerEvent): void {
    if (event.type === 'snapshot') this.learn(event.accounts ?? []);
    else if (event.type === 'user_disabled' || event.type === 'user_enabled') this.learn([event.word]);
  }

  /** Believes what the CA signed, acts on it, and hands it on. */
  learn(words: readonly AccountWord[]): void {
    const { words: known, self, links, changed, told, log } = this.#options;
    const fresh = known.learn(words);
    if (fresh.length === 0) return;
    for (const { username, used, time } of fresh) {
      log.info({ peer: username, used, time }, used ? 'an account is used again' : 'an account was disabled');
      if (sameUser(username as Username, self.username)) this.#tellOwn();
      told(username as Username);
    }
    const all = [...links.all()];
    // Those too whose links end: their users should know why nobody listens any more.
    this.#gossip.tell(all, fresh);
    for (const link of all) if (this.#isBarred(link)) link.close('account_disabled');
    changed();
  }

  #isBarred({ remote }: AccountLink): boolean {
    const { words, self } = this.#options;
    return words.isShut(self.username) || words.isShut(remote.username);
  }

  #tellOwn(): void {
    const { words, self, notices } = this.#options;
    if (!words.isShut(self.username)) return notices.dismiss(NOTICE);
    notices.raise({
      id: NOTICE,
      level: 'error',
      code: 'account_disabled',
      text:
        'Your account was disabled by an admin of this tracker: nobody can be reached, and nothing that you write reaches ' +
        'others. Ask one of the admins; what is on this device stays.',
    });
  }
}
