/** The ways to a session: a person with a password, the password kept in memory, the key of this device (SPEC.md section 2). */
import { bug, isParleyError, ParleyError, type ErrorCode } from '../../protocol/errors.js';
import { challengeTime, refusalBytes, registerBytes, sessionBytes } from '../../protocol/device-proof.js';
import type { TrackerApi } from './api.js';
import { lookAtCa } from './connection.js';
import { TrackerRefusal } from './failures.js';
import type { TrackerClientOptions } from './options.js';
import type { Input } from './step.js';

export interface SignInParts {
  readonly options: TrackerClientOptions;
  readonly api: TrackerApi;
  readonly urls: () => readonly URL[];
  readonly token: () => string | undefined;
  readonly signedIn: (token: string, url: number, byPerson: boolean) => void;
  readonly feed: (input: Input) => void;
  readonly ended: (error: ParleyError) => void;
  /** Set while the tracker that knows the session is away, and others answer for it. */
  readonly elsewhere: () => string | undefined;
}

/** A refusal of another time proves nothing now; clocks differ. Milliseconds. */
const REFUSAL_MS = 3600_000;
/** For good, where the CA has signed it. Other failures are no word about this device: the tracker is busy, or not there. */
const ENDED: ReadonlySet<ErrorCode> = new Set(['device_signed_out', 'device_revoked']);
/** `not_found`: a tracker of before there was sign-in by device. */
const UNKNOWN: ReadonlySet<ErrorCode> = new Set(['device_unknown', 'account_missing', 'bad_challenge', 'not_found']);

/** Who had the account is let in all the same. */
const NOT_EVERYBODY: ReadonlySet<ErrorCode> = new Set(['forbidden', 'invite_needed', 'invite_over']);

export class SignIns {
  readonly #parts: SignInParts;
  /** To sign in again by itself; in memory only. */
  #password: string | undefined;
  /** Ends sign-ins under way. */
  #abort = new AbortController();

  constructor(parts: SignInParts) {
    this.#parts = parts;
  }

  get hasPassword(): boolean {
    return this.#password !== undefined;
  }

  get hasKey(): boolean {
    const { key, hasPin } = this.#parts.options;
    return hasPin?.() === true && key?.isUsable() === true && key.certificate() !== undefined;
  }

  get signal(): AbortSignal {
    return this.#abort.signal;
  }

  /** Ends what is under way; other sign-ins may follow. */
  stop(): void {
    this.#abort.abort(new ParleyError('unavailable', 'The peer is being stopped. Start it again.'));
    this.#abort = new AbortController();
  }

  /** The password has been changed to this one. */
  take(password: string): void {
    this.#password = password;
  }

  /** Signed out: only a person signs in again. @param forGood also after the next start */
  forget(forGood: boolean): void {
    this.#password = undefined;
    const { token } = this.#parts.options;
    if (forGood) token.end();
    else token.set(undefined);
  }

  /**
   * Signs in at the first tracker that answers, from tracker `from` on. Makes the account first when `register`.
   * @throws ParleyError invalid_credentials, name_taken, bad_name, bad_password, rate_limited, tracker_unreachable …
   */
  async login(
    password: string,
    { register, invite }: { readonly register: boolean; readonly invite?: string | undefined },
    from: number,
  ): Promise<void> {
    const { options, api, urls, signedIn } = this.#parts;
    const { username } = options;
    const { signal } = this;
    let unreachable: ParleyError | undefined;
    for (let turn = 0; turn < urls().length; turn += 1) {
      const index = (from + turn) % urls().length;
      try {
        const base = this.#url(index);
        await lookAtCa(api, options, base, signal);
        if (register) await this.#register(base, password, invite, signal);
        const token = await api.login(base, username, password, signal);
        this.#password = password;
        return signedIn(token, index, true);
      } catch (error) {
        if (!isParleyError(error) || error.code !== 'tracker_unreachable') throw error;
        unreachable ??= error;
      }
    }
    const none = 'No tracker is set. Start again with --tracker and its address.';
    throw unreachable ?? new ParleyError('tracker_unreachable', none);
  }

  /** A tracker that has lost the account makes it again for the device that had it, also where nobody else may register. */
  async #register(base: URL, password: string, given: string | undefined, signal: AbortSignal): Promise<void> {
    const { options, api } = this.#parts;
    const { username } = options;
    const invite = given ?? options.inviteCode;
    try {
      return await api.register(base, { username, password, ...(invite !== undefined && { invite }) }, signal);
    } catch (error) {
      const certificate = options.hasPin?.() === true ? options.key?.certificate() : undefined;
      if (!isParleyError(error) || !NOT_EVERYBODY.has(error.code) || certificate === undefined) throw error;
      const challenge = await api.challenge(base, options.device, signal);
      const sig = this.#sign(registerBytes(challenge));
      await api.register(base, { username, password, certificate, challenge, sig }, signal);
    }
  }

  /** With the password in memory. What comes of it is fed to the machine. */
  async again(index: number): Promise<void> {
    const password = this.#password;
    if (password === undefined) throw bug('a sign-in without a password');
    const { options, api, feed, signedIn, elsewhere } = this.#parts;
    const { signal } = this;
    try {
      await lookAtCa(api, options, this.#url(index), signal);
      const token = await api.login(this.#url(index), options.username, password, signal);
      // Somebody signed in by hand meanwhile: theirs counts.
      if (this.#password === password && !signal.aborted) signedIn(token, index, false);
    } catch (error) {
      if (signal.aborted || !isParleyError(error)) return;
      if (error.code !== 'invalid_credentials') return this.#parts.ended(error);
      // The account may be younger than the copy that answers: both password and session still count where they are known.
      const reason = elsewhere();
      if (reason !== undefined) return feed({ type: 'failed', reason });
      // It has been changed here meanwhile, and the new one counts.
      if (this.#password !== password) return undefined;
      // It has been changed elsewhere.
      this.#password = undefined;
      feed({ type: 'refused' });
    }
  }

  /** With the key of this device. What comes of it is fed to the machine. */
  async byDevice(index: number): Promise<void> {
    const { options, api, feed, signedIn, token, elsewhere } = this.#parts;
    const { signal } = this;
    const before = token();
    const overtaken = (): boolean => signal.aborted || token() !== before;
    let challenge: string | undefined;
    try {
      const base = this.#url(index);
      await lookAtCa(api, options, base, signal);
      const { device } = options;
      challenge = await api.challenge(base, device, signal);
      const sig = this.#sign(sessionBytes(challenge));
      const certificate = options.key?.certificate();
      const opened = await api.session(base, { device, challenge, sig, certificate }, signal);
      if (!overtaken()) signedIn(opened, index, false);
    } catch (error) {
      if (overtaken() || !isParleyError(error)) return;
      const { code, message } = error;
      if (ENDED.has(code) && this.#isOfCa(error, challenge)) return feed({ type: 'key_ended', reason: message });
      if (!UNKNOWN.has(code)) return this.#parts.ended(error);
      const reason = elsewhere();
      if (reason !== undefined && !this.hasPassword) return feed({ type: 'failed', reason });
      feed({ type: 'key_unknown', ...(code === 'account_missing' ? { reason: message } : {}) });
    }
  }

  /** Whoever is at the address shows the CA, which is public, and could refuse in its name. */
  #isOfCa(error: ParleyError, challenge: string | undefined): boolean {
    const { key, device, clock } = this.#parts.options;
    if (!(error instanceof TrackerRefusal) || error.sig === undefined || challenge === undefined) return false;
    if (Math.abs(clock.now() - challengeTime(challenge)) > REFUSAL_MS) return false;
    return key?.isOfCa(refusalBytes(error.code, device, challenge), error.sig) === true;
  }

  #sign(bytes: Buffer): string {
    const signature = this.#parts.options.key?.sign(bytes);
    if (!signature) throw bug('a sign-in without a key');
    return signature.toString('base64url');
  }

  #url(index: number): URL {
    const url = this.#parts.urls()[index];
    if (!url) throw bug(`there is no tracker ${index}`);
    return url;
  }
}
