import type { ChannelName, DeviceId, Username } from '../../protocol/ids.js';
import type { Revocation } from '../../protocol/revocation.js';
import type {
  ChannelRecord,
  DeviceRecord,
  DeviceSignIn,
  GuestsAllowed,
  Registration,
  SubmitInfo,
  Submitted,
} from '../../protocol/tracker-api.js';
import {
  addListAnswer,
  challengeAnswer,
  channelsAnswer,
  devicesAnswer,
  guestAnswer,
  guestsAnswer,
  loginAnswer,
  revokedAnswer,
  submittedAnswer,
  successAnswer,
} from './answers.js';
import type { Call, TrackerHttp } from './http.js';

/** Whom to ask, and in which session. */
export interface Session {
  readonly base: URL;
  readonly token: string;
  readonly signal?: AbortSignal | undefined;
}

export interface PasswordChange {
  readonly old: string;
  readonly next: string;
  /** What becomes of the user's other devices. */
  readonly devices: 'stay' | 'sign_out';
}

/** The calls of SPEC.md section 2 that a peer makes. All throw as `TrackerHttp.call` does. */
export class TrackerApi {
  readonly #http: TrackerHttp;

  constructor(http: TrackerHttp) {
    this.#http = http;
  }

  /** @param body with a certificate where the tracker has lost the account */
  async register(base: URL, body: Registration, signal?: AbortSignal): Promise<void> {
    await this.#http.call(base, { method: 'POST', path: 'register', body, signal }, successAnswer);
  }

  /** The token of a new session. */
  async login(base: URL, username: Username, password: string, signal?: AbortSignal): Promise<string> {
    const body = { username, password };
    const call: Call = { method: 'POST', path: 'login', body, signal };
    return (await this.#http.call(base, call, loginAnswer)).token;
  }

  /** For this device to sign. */
  async challenge(base: URL, device: DeviceId, signal?: AbortSignal): Promise<string> {
    const call: Call = { method: 'POST', path: 'session/challenge', body: { device }, signal };
    return (await this.#http.call(base, call, challengeAnswer)).challenge;
  }

  /** The token of a new session, by the key of this device. */
  async session(base: URL, body: DeviceSignIn, signal?: AbortSignal): Promise<string> {
    const call: Call = { method: 'POST', path: 'session', body, signal };
    return (await this.#http.call(base, call, loginAnswer)).token;
  }

  /** Whether it lets guests in, and who makes an account. */
  rules(base: URL, signal?: AbortSignal): Promise<Pick<GuestsAllowed, 'guests' | 'registration'>> {
    return this.#http.call(base, { method: 'GET', path: 'guests', signal }, guestsAnswer);
  }

  /** The name that a guest is given, and the token of the only session. */
  async guest(base: URL, username: string, signal?: AbortSignal): Promise<{ username: Username; token: string }> {
    const call: Call = { method: 'POST', path: 'guests', body: { username }, signal };
    const answer = await this.#http.call(base, call, guestAnswer);
    return { username: answer.username as Username, token: answer.token };
  }

  async logout(session: Session): Promise<void> {
    await this.#http.call(session.base, post(session, 'logout', {}), successAnswer);
  }

  /** Of the new session: all others of the user have ended. */
  async changePassword(session: Session, change: PasswordChange): Promise<string> {
    const { old, next, devices } = change;
    const call = post(session, 'password', { old, new: next, devices });
    return (await this.#http.call(session.base, call, loginAnswer)).token;
  }

  /** Every session of the user ends, and no device is let in without the password. */
  async logoutEverywhere(session: Session): Promise<void> {
    await this.#http.call(session.base, post(session, 'logout', { everywhere: true }), successAnswer);
  }

  /** The certificate of its CA, PEM: told to everybody, before anything is told to it. */
  ca(base: URL, signal?: AbortSignal): Promise<string> {
    return this.#http.text(base, { method: 'GET', path: 'ca', signal });
  }

  submitInfo(session: Session, body: SubmitInfo): Promise<Submitted> {
    return this.#http.call(session.base, post(session, 'submit-info', body), submittedAnswer);
  }

  async addList(session: Session, username: Username, channel: ChannelName): Promise<void> {
    await this.#http.call(session.base, post(session, 'add-list', { username, channel }), addListAnswer);
  }

  async leave(session: Session, channel: ChannelName): Promise<void> {
    await this.#http.call(session.base, post(session, `channels/${channel}/leave`, {}), successAnswer);
  }

  async channels(session: Session): Promise<ChannelRecord[]> {
    return (await this.#http.call(session.base, get(session, 'channels'), channelsAnswer)).channels;
  }

  async devices(session: Session, username: Username): Promise<DeviceRecord[]> {
    const path = `devices?username=${encodeURIComponent(username)}`;
    return (await this.#http.call(session.base, get(session, path), devicesAnswer)).devices;
  }

  async revoke(session: Session, device: DeviceId): Promise<Revocation> {
    const call = post(session, `devices/${device}/revoke`, {});
    return (await this.#http.call(session.base, call, revokedAnswer)).revocation;
  }
}

export function post({ token, signal }: Session, path: string, body: object): Call {
  return { method: 'POST', path, body, token, signal };
}

export function get({ token, signal }: Session, path: string): Call {
  return { method: 'GET', path, token, signal };
}
