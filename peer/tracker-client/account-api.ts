/** What a user asks of the tracker for their own account and for those they invite (SPEC.md section 2). All throw as `TrackerHttp.call` does. */
import Type from 'typebox';
import { Compile } from 'typebox/compile';
import { InviteMade, InviteRecord } from '../../protocol/admin-api.js';
import { ParleyError } from '../../protocol/errors.js';
import type { DeviceId } from '../../protocol/ids.js';
import { parseInviteCode } from '../../protocol/invite-code.js';
import type { InviteMake, InviteView } from '../../protocol/local-api.js';
import { DeviceField, DeviceNameField, Me } from '../../protocol/tracker-api.js';
import { get, post } from './api.js';
import type { Ask } from './mailbox-api.js';

const renamed = Compile(Type.Object({ status: Type.Literal('success'), device: DeviceField, name: DeviceNameField }));
const me = Compile(Me);
const made = Compile(Type.Object({ status: InviteMade.properties.status, invite: InviteRecord }));

export interface InviteCode extends NonNullable<InviteView['code']> {
  readonly text: string;
}

export class AccountApi {
  constructor(private readonly ask: Ask) {}

  /** Of a device of the user. */
  async rename(device: DeviceId, name: string): Promise<void> {
    await this.ask((session, http) =>
      http.call(session.base, post(session, `devices/${device}/rename`, { name }), renamed),
    );
  }

  /** How accounts are made there, and whether the user administers it. */
  async signUp(): Promise<Pick<Me, 'registration' | 'admin'>> {
    const { registration, admin } = await this.ask((session, http) => http.call(session.base, get(session, 'me'), me));
    return { registration, admin };
  }

  /** With which accounts are made. @throws also not_admin */
  async makeCode(wanted: NonNullable<InviteMake['code']>): Promise<InviteCode> {
    const { invite } = await this.ask((session, http) =>
      http.call(session.base, post(session, 'admin/invites', wanted), made),
    );
    const text = parseInviteCode(invite.code);
    if (text === undefined) {
      throw new ParleyError('tracker_unreachable', 'The tracker answered with a code that is none. Try again.');
    }
    return { text, uses: invite.uses, expires: invite.expires };
  }
}
