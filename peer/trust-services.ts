/** What doors see of keys and certificates: `peer/services.ts` has the rest. */
import type { DeviceId, Username } from '../protocol/ids.js';
import type { DeviceView, InviteMake, InviteView, SafetyDevice } from '../protocol/local-api.js';

/** Who is who, as far as people have made sure of it (SPEC.md section 3). */
export interface Trust {
  /** Asks the tracker for new devices first, where it is there. @throws unknown_user when no device of theirs is known */
  safetyNumber(username: Username): Promise<{ number: string; devices: SafetyDevice[] }>;
  /** @throws unknown_user; bad_request when `number` is given and is not theirs any more */
  verify(username: Username, verified: boolean, number: string | undefined): Promise<void>;
  /** The user's own devices; what is known here while the tracker is away. */
  devices(): Promise<DeviceView[]>;
  /** @throws bad_request for a name of which nothing can be seen, not_found, not_signed_in, tracker_unreachable */
  rename(device: DeviceId, name: string): Promise<void>;
  /** @throws not_found, forbidden, not_signed_in, tracker_unreachable */
  revoke(device: DeviceId): Promise<void>;
}

export interface Invites {
  /** What somebody needs to come along. @throws unavailable before this peer has met its tracker; for a code not_admin, tracker_unreachable */
  make(wanted?: InviteMake): Promise<InviteView>;
}
