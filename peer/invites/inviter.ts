/** Makes the link that somebody needs to come along: the tracker by an address that works for them, and the CA to pin. */
import { ParleyError } from '../../protocol/errors.js';
import { formatInvite, parseTracker } from '../../protocol/invite.js';
import { INVITE_TRACKERS_MAX } from '../../protocol/limits.js';
import type { InviteMake, InviteView } from '../../protocol/local-api.js';
import type { InviteCode } from '../tracker-client/account-api.js';
import { isLoopback, networkAddresses } from './network.js';

export interface InviterParts {
  /** All that stand for one another. */
  trackers(): readonly string[];
  /** The tracker that this peer is connected to, or tries. */
  current(): string;
  /** Fingerprint of the pinned CA; undefined before the first sign-in. */
  pinned(): string | undefined;
  /** The fingerprint of the CA of the tracker at an address; rejects where there is none. */
  probe(tracker: string): Promise<string>;
  /** How accounts are made there, for the user; rejects where it cannot be asked. */
  signUp(): Promise<NonNullable<InviteView['signUp']>>;
  makeCode(wanted: NonNullable<InviteMake['code']>): Promise<InviteCode>;
  readonly addresses?: () => readonly string[];
}

export class Inviter {
  constructor(private readonly parts: InviterParts) {}

  /** @throws ParleyError unavailable before this peer has met its tracker; for a code also not_admin, tracker_unreachable */
  async make({ code: wanted }: InviteMake = {}): Promise<InviteView> {
    const ca = this.parts.pinned();
    if (ca === undefined) {
      throw new ParleyError('unavailable', 'This peer has not met its tracker yet. Sign in first, then invite others.');
    }
    // Made first: without it there is nothing to show.
    const code = wanted && (await this.parts.makeCode(wanted));
    const trackers = this.trackers();
    const signUp = this.parts.signUp().catch(() => undefined);
    const addresses = (this.parts.addresses ?? networkAddresses)();
    const elsewhere = await Promise.all(trackers.map((tracker) => this.reachable(tracker, addresses, ca)));
    const good = [...new Set(elsewhere.filter((tracker) => tracker !== undefined))];
    const named = (good.length > 0 ? good : trackers).slice(0, INVITE_TRACKERS_MAX);
    const link = formatInvite({ trackers: named, ca, code: code?.text });
    const how = await signUp;
    return {
      tracker: named[0] ?? '',
      link,
      // In quotes, since some shells give the # a meaning.
      command: `npx parley peer --invite "${link}"`,
      ...(good.length > 0 ? {} : { local: { addresses: [...addresses] } }),
      ...(how && { signUp: how }),
      ...(code && { code: { uses: code.uses, expires: code.expires } }),
    };
  }

  /** The one in use first. */
  private trackers(): string[] {
    const all = [this.parts.current(), ...this.parts.trackers()].map(parseTracker);
    return [...new Set(all.filter((tracker) => tracker !== undefined))];
  }

  /**
   * A tracker on this machine may be called by this machine's name on the network as well: it is tried, since whoever runs
   * both is told `127.0.0.1` by nobody but themselves.
   */
  private async reachable(tracker: string, addresses: readonly string[], ca: string): Promise<string | undefined> {
    const url = new URL(tracker);
    if (!isLoopback(url.hostname)) return tracker;
    const candidates = addresses.map((address) => {
      const other = new URL(tracker);
      other.hostname = address;
      return parseTracker(other.href);
    });
    const seen = await Promise.allSettled(candidates.map((candidate) => this.parts.probe(candidate ?? '')));
    return candidates.find((_, at) => {
      const outcome = seen[at];
      return outcome?.status === 'fulfilled' && outcome.value === ca;
    });
  }
}
