import { bug, isParleyError, ParleyError } from '../../protocol/errors.js';
import type { ChannelName, DeviceId, Username } from '../../protocol/ids.js';
import type { TrackerView } from '../../protocol/local-api.js';
import type { Revocation } from '../../protocol/revocation.js';
import type { ChannelRecord, DeviceRecord, PeerRecord, TrackerEvent } from '../../protocol/tracker-api.js';
import { TrackerApi, type PasswordChange, type Session } from './api.js';
import { Connection, Mistrust } from './connection.js';
import { notTrusted, TrackerRefusal } from './failures.js';
import { clockSkew, TrackerHttp } from './http.js';
import type { TrackerClientOptions } from './options.js';
import { Prober } from './prober.js';
import { Roster } from './roster.js';
import { SignIns } from './sign-ins.js';
import { TrackerList } from './tracker-list.js';
import { initialState, step, type Effect, type Input, type State } from './step.js';

const REQUEST_TIMEOUT_MS = 10_000;
/** For a tracker to say that it is there. */
const PROBE_TIMEOUT_MS = 2_000;
/** What may stand in a header: the stored one may have been edited. */
const TOKEN = /^[\x21-\x7e]{1,512}$/;

/**
 * One peer's connection to its tracker (SPEC.md section 2): signs in, is certified, says where the peer is, hears who
 * else is there, and comes back by itself. What it hears stays at hand while the tracker is away.
 */
export class TrackerClient {
  readonly #options: TrackerClientOptions;
  readonly #list: TrackerList;
  /** The address that a tracker was believed at. */
  #believed: string | undefined;
  readonly #http: TrackerHttp;
  readonly #probeHttp: TrackerHttp;
  readonly #prober: Prober;
  readonly #api: TrackerApi;
  readonly #roster: Roster;
  readonly #signIns: SignIns;
  readonly #requestTimeoutMs: number;
  #state: State = initialState;
  #connection: Connection | undefined;
  #cancelRetry: (() => void) | undefined;
  readonly #closing = new Set<Promise<void>>();
  /** See `ConnectionParts.proveCa`. */
  #proveCa = false;
  #skewMs = 0;
  /** Set while the tracker that knows the session is away, and others answer for it. */
  #elsewhere: string | undefined;

  /** @throws ParleyError `bad_request` for an address that is none */
  constructor(options: TrackerClientOptions) {
    this.#options = options;
    this.#list = new TrackerList(options);
    this.#requestTimeoutMs = options.tuning?.requestTimeoutMs ?? REQUEST_TIMEOUT_MS;
    this.#roster = new Roster(options.username);
    const { clock, timers, ca } = options;
    const timeoutMs = this.#requestTimeoutMs;
    this.#http = new TrackerHttp({ clock, timers, ca, timeoutMs, dated: (...d) => this.#dated(...d) });
    this.#api = new TrackerApi(this.#http);
    this.#probeHttp = new TrackerHttp({ clock, timers, ca, timeoutMs: PROBE_TIMEOUT_MS, dated: () => undefined });
    this.#prober = new Prober({
      ...{ http: this.#probeHttp, timers, url: (index) => this.#list.at(index) },
      answered: (url) => this.#feed({ type: 'answered', url }),
      silent: (url, reason) => this.#feed({ type: 'silent', url, reason }),
    });
    this.#signIns = new SignIns({
      ...{ options, api: this.#api, urls: () => this.#list.all },
      token: () => this.#token(),
      signedIn: (token, url, byPerson) => this.#signedIn(token, url, byPerson),
      feed: (input) => this.#feed(input),
      ended: (error) => this.#ended(error),
      elsewhere: () => this.#elsewhere,
    });
  }

  /** With a stored token it connects; without one it waits for `login`. Does nothing when it has been started. */
  start(): void {
    this.#feed({ type: 'start' });
  }

  /** Ends the presence and everything under way; the session stays. May be started again. */
  async stop(): Promise<void> {
    this.#feed({ type: 'stop' });
    this.#signIns.stop();
    await Promise.all(this.#closing);
    this.#http.close();
    this.#probeHttp.close();
  }

  /** Before a stop: tells the tracker where this device's lineage stands. Never rejects. */
  async farewell(): Promise<void> {
    await this.#connection?.farewell();
  }

  view(): TrackerView {
    const { phase, shown, reason, code } = this.#state;
    const url = this.#list.all[shown]?.href ?? '';
    if (phase === 'connected') return { url, state: phase };
    if (phase === 'stopped') return { url, state: 'connecting', reason: 'The connection has not been started.' };
    return { url, state: phase, reason: reason ?? '', ...(code && { code }) };
  }

  /** Peers online by the tracker's last word; kept while it is away. */
  peers(): PeerRecord[] {
    return this.#roster.peers();
  }

  /** Addresses of all trackers that are known to stand for one another. */
  trackers(): string[] {
    return this.#list.hrefs();
  }

  channels(): ChannelRecord[] {
    return this.#roster.channels();
  }

  /**
   * Signs in with a password, at the first tracker that answers, and connects. Makes the account first when `register`.
   * @throws ParleyError invalid_credentials, name_taken, bad_name, bad_password, invite_needed, rate_limited, tracker_unreachable …
   */
  login(password: string, register: boolean, invite?: string): Promise<void> {
    return this.#signIns.login(password, { register, invite }, this.#state.url);
  }

  /** This device goes on in a new session. @throws ParleyError as `ask`; with `tracker_unreachable` it may have been changed */
  async changePassword(change: PasswordChange): Promise<void> {
    const { url } = this.#state;
    const token = await this.ask((session) => this.#api.changePassword(session, change));
    this.#signIns.take(change.next);
    this.#signedIn(token, url, true);
  }

  /** Ends all sessions of the user, and the sign-in of all devices, this one too. @throws ParleyError, as `ask` */
  async signOutEverywhere(): Promise<void> {
    await this.ask((session) => this.#api.logoutEverywhere(session));
    this.#feed({ type: 'key_ended', reason: 'You have signed out everywhere. Sign in with your password.' });
  }

  /** Tells the tracker at once that the address or the channels of this peer have changed. */
  announce(): void {
    this.#connection?.announce();
  }

  /** Joins a channel, which is made if it does not exist. @throws ParleyError, as all below */
  addList(channel: ChannelName): Promise<void> {
    return this.ask((session) => this.#api.addList(session, this.#options.username, channel));
  }

  leave(channel: ChannelName): Promise<void> {
    return this.ask((session) => this.#api.leave(session, channel));
  }

  /** Asks to be told of these users, or not any more, while this connection lasts; at most FOLLOW_AT_ONCE_MAX. */
  follow = (users: readonly string[], follows: boolean): void => this.#connection?.follow(users, follows);

  /** Certificates as the tracker tells them: to be checked against the pinned CA by whoever uses them. */
  devices(username: Username): Promise<DeviceRecord[]> {
    return this.ask((session) => this.#api.devices(session, username));
  }

  /** Takes a device of the user's own back, for good; the CA's word for it, to be handed on. */
  revoke(device: DeviceId): Promise<Revocation> {
    return this.ask((session) => this.#api.revoke(session, device));
  }

  /** A call in this session, also for parts with an API of their own. @throws ParleyError */
  async ask<T>(ask: (session: Session, http: TrackerHttp) => Promise<T>): Promise<T> {
    const token = this.#token();
    if (token === undefined) throw new ParleyError('not_signed_in');
    if (this.#state.phase === 'mistrusted') throw notTrusted(this.#state.reason);
    try {
      return await ask({ base: this.#list.at(this.#state.url), token, signal: this.#signIns.signal }, this.#http);
    } catch (error) {
      if (isParleyError(error) && error.code === 'not_signed_in' && token === this.#token())
        this.#feed({ type: 'refused' });
      throw error;
    }
  }

  #feed(input: Input): void {
    const before = this.#state;
    const { state, effects } = step(before, input, {
      urls: this.#list.hrefs(),
      hasToken: this.#token() !== undefined,
      hasPassword: this.#signIns.hasPassword,
      hasKey: this.#signIns.hasKey,
      random: this.#options.random(),
    });
    this.#state = state;
    for (const effect of effects) this.#perform(effect);
    const told = before.phase === state.phase && before.reason === state.reason && before.shown === state.shown;
    if (told || state.phase === 'stopped') return;
    const view = this.view();
    this.#options.log.info(view, `tracker: ${view.state}`);
    this.#options.events.tracker(view);
  }

  #perform(effect: Effect): void {
    switch (effect.do) {
      case 'connect':
        return this.#connect(effect.url);
      case 'probe':
        return this.#prober.search(effect.urls);
      case 'sign_in':
        return void this.#signIns.again(effect.url);
      case 'sign_in_by_device':
        return void this.#signIns.byDevice(effect.url);
      case 'disconnect':
        return this.#disconnect();
      case 'retry':
        this.#cancelRetry = this.#options.timers.after(effect.afterMs, () => this.#feed({ type: 'retry' }));
        return;
      case 'forget_token':
        return this.#signIns.forget(effect.forGood === true);
    }
  }

  #connect(index: number): void {
    const token = this.#token();
    if (token === undefined) throw bug('a connection without a token');
    const connection: Connection = new Connection({
      options: this.#options,
      api: this.#api,
      base: this.#list.at(index),
      token,
      requestTimeoutMs: this.#requestTimeoutMs,
      proveCa: this.#proveCa || this.#isNew(index),
      trackerNow: () => this.#options.clock.now() - this.#skewMs,
      heard: (event) => this.#heard(event),
      beaten: () => this.#feed({ type: 'settled' }),
      missing: () => this.#feed({ type: 'missing' }),
      ended: (error) => this.#ended(error),
    });
    this.#connection = connection;
    void connection.open();
  }

  #disconnect(): void {
    this.#cancelRetry?.();
    this.#prober.cancel();
    const closing = this.#connection?.close();
    this.#connection = undefined;
    if (!closing) return;
    this.#closing.add(closing);
    void closing.finally(() => this.#closing.delete(closing));
  }

  /** One that this peer has moved to, or that only another tracker has named, has to show that it is of the same CA. */
  #isNew(index: number): boolean {
    const url = this.#list.at(index);
    return this.#believed === undefined ? !this.#list.isGiven(url) : this.#believed !== url.href;
  }

  #heard(event: TrackerEvent): void {
    if (!this.#roster.apply(event)) this.#options.log.warn({ type: event.type }, 'the list of the tracker is full');
    if (event.type === 'snapshot') {
      this.#proveCa = false;
      this.#elsewhere = undefined;
      this.#believed = this.#list.at(this.#state.url).href;
      this.#list.learn(event.trackers);
      this.#feed({ type: 'online' });
    }
    this.#options.events.heard(event);
  }

  #ended(error: ParleyError): void {
    if (error instanceof Mistrust) {
      this.#proveCa = true;
      this.#feed({ type: 'mistrusted' });
    } else if (error.code === 'not_signed_in') {
      this.#feed({ type: 'refused' });
    } else if (error.code === 'account_disabled' || error.code === 'account_pending') {
      this.#feed({ type: 'account_refused', code: error.code });
    } else if (error.code === 'session_elsewhere') {
      this.#elsewhere = error.message;
      this.#feed({ type: 'elsewhere', reason: error.message });
    } else {
      const retryAfterMs = error instanceof TrackerRefusal ? error.retryAfterMs : undefined;
      this.#feed({ type: 'failed', reason: error.message, retryAfterMs });
    }
  }

  #signedIn(token: string, url: number, byPerson: boolean): void {
    this.#proveCa = true;
    this.#options.token.set(token);
    this.#feed({ type: 'signed_in', url, byPerson });
  }

  #dated(date: string | undefined, sentAt: number, receivedAt: number): void {
    const skew = clockSkew(date, sentAt, receivedAt);
    if (skew === undefined) return;
    this.#skewMs = skew;
    this.#options.events.clockSkew(skew);
  }

  #token(): string | undefined {
    const token = this.#options.token.get();
    return token !== undefined && TOKEN.test(token) ? token : undefined;
  }
}
