/** Browser ↔ peer (SPEC.md section 8): what others need to come along. */
import Type, { type Static } from 'typebox';
import { MakeInvite } from './admin-api.js';
import type { Me } from './tracker-api.js';

/** `code`: with a code of the tracker, with which so many accounts are made within so many days. Admins alone get one. */
export const InviteMake = Type.Object({ code: Type.Optional(MakeInvite) });
export type InviteMake = Static<typeof InviteMake>;

/**
 * `link` holds the tracker's address and the fingerprint of its CA; `command` starts a peer with it. `local`: the tracker
 * answers on this machine alone, so nobody elsewhere can use the link; with the addresses of this machine on its networks.
 */
export interface InviteView {
  tracker: string;
  link: string;
  command: string;
  local?: { addresses: string[] };
  /** How accounts are made at the tracker, and whether the user administers it. Absent while it cannot be asked. */
  signUp?: Pick<Me, 'registration' | 'admin'>;
  /** What the code in the link lets in. `expires`: ISO 8601. */
  code?: { uses: number; expires: string };
}
