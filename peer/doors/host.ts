/**
 * What a door of many users (lines, IRC) is given: somebody who hosts their peers. A door knows nothing of how these are made, woken
 * and put to sleep. The gateway hosts one for each of its users (`peer/gateway/`); a daemon hosts the one of its own user alone.
 */
import type { ParleyError } from '../../protocol/errors.js';
import type { Username } from '../../protocol/ids.js';
import type { PeerServices } from '../services.js';

export interface SignInRequest {
  /** As it came: it is for the host to parse. */
  readonly username: string;
  /** The account's, or a token that this host has given out. */
  readonly password: string;
  /** Makes the account first, where the name is free. */
  readonly register: boolean;
  /** With which it may be made, where that takes an invite. */
  readonly invite?: string | undefined;
  /** Where the client is: wrong passwords are counted by it. */
  readonly address: string;
}

/** Told to a guest who comes in, by doors that speak English. */
export const GUEST_TEXT =
  'You are a guest: when you leave, your history here is gone and nobody gets your name. Whoever runs this gateway can read what you read and write.';

export interface GuestRequest {
  /** As it came; the seat has the name that the guest is given: `guest-…`. */
  readonly username: string;
  readonly address: string;
  /** Whether the client has left. Asked when its turn comes: then no peer is made for it. */
  gone(): boolean;
}

/**
 * One client's hold on a user's peer, which is awake and certified as long as somebody holds it. Two clients of one user hold the
 * same peer.
 */
export interface Seat {
  /** As it was registered. */
  readonly username: Username;
  readonly services: PeerServices;
  /** Resolves, with what to tell the client, when the peer is closed though it is held: the client is to be closed, and may come again. */
  readonly over: Promise<ParleyError>;
  /** To be called once the client is gone. Twice does no harm. */
  leave(): void;
}

export interface Host {
  /** What it is called in greetings: the tracker's name, or the user's. */
  readonly name: string;
  /**
   * @throws (rejects with) bad_name, bad_password, invalid_credentials, name_confusable, rate_limited, tracker_unreachable, unavailable;
   * with `register` also name_taken for a wrong password, forbidden where nobody may register, and invite_needed or invite_over
   */
  signIn(request: SignInRequest): Promise<Seat>;
  /**
   * Somebody without an account, for as long as the seat is held and a little longer.
   * @throws (rejects with) forbidden where there are none; bad_name, rate_limited, tracker_unreachable, unavailable
   */
  guest(request: GuestRequest): Promise<Seat>;
  /**
   * Carries out a request of a client once its turn comes, while the process that hosts has more to do than it can: until then the
   * door reads nothing more from that client. Absent: at once. @throws as `work`
   */
  readonly admit?: <Result>(work: () => Promise<Result>) => Promise<Result>;
}

/** A seat of who has shown a token. */
export interface TokenSeat extends Seat {
  /** Whether the token still counts. */
  isGood(): boolean;
}

/** What a door of programs (gRPC) is given: they show a token with each call, and never a password. */
export interface TokenHost {
  /** @throws (rejects with) not_signed_in for one that is not known, or over; else as a `Host` whose peer cannot be woken */
  byToken(token: string): Promise<TokenSeat>;
  /** As that of a `Host`; of one user several calls may wait. */
  readonly admit?: Host['admit'];
}
