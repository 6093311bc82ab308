/** The host of a daemon that has one user: its own. Who proves to be that user, by the password or by a token, sits at the one peer. */
import { ParleyError } from '../../protocol/errors.js';
import { parseUsername, sameUser } from '../../protocol/ids.js';
import type { PeerServices } from '../services.js';
import type { Host, Seat, SignInRequest, TokenHost, TokenSeat } from './host.js';

export interface OwnHostParts {
  readonly services: PeerServices;
  /** Whether this daemon has given out that token. */
  readonly isToken: (text: string) => boolean;
  /** Counts wrong passwords by address. @throws rate_limited, else what `login` throws */
  readonly attempt: <Result>(address: string, login: () => Promise<Result>) => Promise<Result>;
}

export class OwnHost implements Host {
  constructor(private readonly parts: OwnHostParts) {}

  get name(): string {
    return this.parts.services.account.username;
  }

  /** Nobody registers here: the account is that of the daemon. @throws as `Host` */
  async signIn({ username, password, register, address }: SignInRequest): Promise<Seat> {
    const { services, isToken, attempt } = this.parts;
    const { account } = services;
    if (register) throw new ParleyError('forbidden', 'Nobody registers here: this is the peer of one user.');
    await attempt(address, async () => {
      const name = parseUsername(username);
      if (!name || !sameUser(name, account.username))
        throw new ParleyError('invalid_credentials', `This is the peer of ${account.username}. Sign in by that name.`);
      if (!(account.ready && isToken(password))) await account.login(password, false);
    });
    return seatAt(services);
  }

  guest(): Promise<Seat> {
    return Promise.reject(new ParleyError('forbidden', 'There are no guests here: this is the peer of one user.'));
  }
}

/** The same for who shows a token. */
export class OwnTokenHost implements TokenHost {
  constructor(private readonly parts: Pick<OwnHostParts, 'services' | 'isToken'>) {}

  async byToken(token: string): Promise<TokenSeat> {
    const { services, isToken } = this.parts;
    const isGood = (): boolean => services.account.ready && isToken(token);
    if (!isGood()) throw new ParleyError('not_signed_in');
    return { ...seatAt(services), isGood };
  }
}

/** The daemon outlives its doors: it never ends under them. */
function seatAt(services: PeerServices): Seat {
  const { username } = services.account;
  return { username, services, over: new Promise(() => undefined), leave: () => undefined };
}
