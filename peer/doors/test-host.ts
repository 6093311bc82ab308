/** A host of peers in memory, for the tests of the doors of many users. */
import { ParleyError } from '../../protocol/errors.js';
import { parseUsername, userKey, type UserKey, type Username } from '../../protocol/ids.js';
import { PASSWORD, TestPeer } from '../local/test-services.js';
import type { GuestRequest, Host, Seat, SignInRequest } from './host.js';

export class TestHost implements Host {
  readonly name = 'Test';
  guests = false;
  admit: Host['admit'];
  /** What came with each sign-in. */
  readonly invites: (string | undefined)[] = [];
  /** Seats that are held now. */
  held = 0;
  readonly #peers = new Map<UserKey, TestPeer>();
  readonly #ends = new Map<UserKey, (error: ParleyError) => void>();

  /** The peer of a user, made where there is none. */
  peer(name: string): TestPeer {
    const key = userKey(name as Username);
    const peer = this.#peers.get(key) ?? new TestPeer(name as Username);
    this.#peers.set(key, peer);
    return peer;
  }

  /** Closes the peer under its clients. */
  end(name: string): void {
    this.#ends.get(userKey(name as Username))?.(
      new ParleyError('unavailable', 'This peer starts anew. Connect again.'),
    );
  }

  async signIn({ username, password, invite }: SignInRequest): Promise<Seat> {
    this.invites.push(invite);
    const name = parseUsername(username);
    if (!name) throw new ParleyError('bad_name');
    if (password !== PASSWORD) throw new ParleyError('name_taken');
    return this.#seat(name);
  }

  async guest({ username }: GuestRequest): Promise<Seat> {
    const name = parseUsername(username);
    if (!this.guests || !name)
      throw new ParleyError('forbidden', 'Guests are not let in here. Register with a password.');
    return this.#seat(name);
  }

  #seat(name: Username): Seat {
    this.held += 1;
    let isHeld = true;
    return {
      username: name,
      services: this.peer(name),
      over: new Promise((resolve) => this.#ends.set(userKey(name), resolve)),
      leave: () => {
        if (isHeld) this.held -= 1;
        isHeld = false;
      },
    };
  }
}
