import Type from 'typebox';
import { Compile } from 'typebox/compile';
import { InviteMade, InviteRecord } from '../../protocol/admin-api.js';
import { parseInviteCode } from '../../protocol/invite-code.js';
import { ParleyError } from '../../protocol/errors.js';
import type { InviteMake, InviteView } from '../../protocol/local-api.js';
import { Me } from '../../protocol/tracker-api.js';
import type { Session } from './api.js';
import type { TrackerHttp } from './http.js';

const me = Compile(Me);
const made = Compile(Type.Object({ status: InviteMade.properties.status, invite: InviteRecord }));

export interface InviteCode extends NonNullable<InviteView['code']> {
  readonly text: string;
}

/** How others make an account at the tracker (SPEC.md section 2). Throws as `TrackerHttp.call` does. */
export class InviteApi {
  constructor(private readonly ask: <T>(call: (session: Session, http: TrackerHttp) => Promise<T>) => Promise<T>) {}

  async signUp(): Promise<Pick<Me, 'registration' | 'admin'>> {
    const { registration, admin } = await this.ask(({ base, token, signal }, http) =>
      http.call(base, { method: 'GET', path: 'me', token, ...(signal && { signal }) }, me),
    );
    return { registration, admin };
  }

  /** @throws also not_admin */
  async makeCode(wanted: NonNullable<InviteMake['code']>): Promise<InviteCode> {
    const { invite } = await this.ask(({ base, token, signal }, http) =>
      http.call(base, { method: 'POST', path: 'admin/invites', body: wanted, token, ...(signal && { signal }) }, made),
    );
    const text = parseInviteCode(invite.code);
    if (text === undefined)
      throw new ParleyError('tracker_unreachable', 'The tracker answered with a code that is none. Try again.');
    return { text, uses: invite.uses, expires: invite.expires };
  }
}
