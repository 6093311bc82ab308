/** The account of the peer that tests of doors talk to: one password opens it. */
import { ParleyError } from '../../protocol/errors.js';
import type { Username } from '../../protocol/ids.js';
import type { PeerEmitter } from '../services.js';
import { deviceOf } from './test-names.js';

export const PASSWORD = 'correct horse';

interface TestAccountParts {
  readonly me: Username;
  readonly events: PeerEmitter;
  ready: boolean;
  logins: number;
  readonly accepted: { ca: string; register: boolean }[];
  readonly changedPasswords: { next: string; devices: 'stay' | 'sign_out' }[];
}

export const testAccount = (peer: TestAccountParts) => ({
  get username() {
    return peer.me;
  },
  get device() {
    return deviceOf(peer.me);
  },
  get ready() {
    return peer.ready;
  },
  async login(password: string): Promise<void> {
    peer.logins += 1;
    if (password !== PASSWORD) throw new ParleyError('invalid_credentials');
    peer.ready = true;
  },
  async changePassword(old: string, next: string, devices: 'stay' | 'sign_out'): Promise<void> {
    if (old !== PASSWORD) throw new ParleyError('invalid_credentials');
    peer.changedPasswords.push({ next, devices });
  },
  async signOutEverywhere(): Promise<void> {
    setImmediate(() => peer.events.emit('signed_out'));
  },
  async accept(ca: string, password: string, register: boolean): Promise<void> {
    if (password !== PASSWORD) throw new ParleyError('invalid_credentials');
    peer.accepted.push({ ca, register });
  },
});
