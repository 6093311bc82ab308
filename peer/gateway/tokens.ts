/** Users of a gateway by the token of a session, which `POST /api/login` of its pages gives out. */
import { ParleyError } from '../../protocol/errors.js';
import type { Host, TokenHost, TokenSeat } from '../doors/host.js';
import type { LocalSessions } from '../local/sessions.js';
import type { UserDoors } from './user-doors.js';

export class GatewayTokens implements TokenHost {
  constructor(
    private readonly doors: Pick<UserDoors, 'ownerOfToken' | 'doorOf'>,
    readonly admit: Host['admit'],
  ) {}

  /** No stranger wakes anybody: whose token it is, is known before. */
  async byToken(token: string): Promise<TokenSeat> {
    const owner = this.doors.ownerOfToken(token);
    if (!owner) throw new ParleyError('not_signed_in');
    const seat = await owner.seat();
    try {
      const { awake } = owner;
      if (!awake) throw new ParleyError('unavailable', 'Your peer starts anew. Call again.');
      const sessions: LocalSessions = (await this.doors.doorOf(awake)).sessions;
      const isGood = (): boolean => sessions.check(token) !== undefined;
      if (!isGood()) throw new ParleyError('not_signed_in');
      return { ...seat, isGood };
    } catch (error) {
      seat.leave();
      throw error;
    }
  }
}
