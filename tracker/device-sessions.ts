import { verify, type KeyObject } from 'node:crypto';
import { refusalBytes, registerBytes, sessionBytes } from '../protocol/device-proof.js';
import { isParleyError, ParleyError, type ErrorCode } from '../protocol/errors.js';
import { isGuestName } from '../protocol/confusable.js';
import { sameUser, userKey, type DeviceId, type Username } from '../protocol/ids.js';
import type { DeviceSignIn, Registration } from '../protocol/tracker-api.js';
import { checkUsed } from './accounts.js';
import type { Authority } from './authority.js';
import { holderOf } from './certificate-holder.js';
import type { Challenges } from './challenges.js';
import type { Clock } from './clock.js';
import { keyOfDevice } from './device-key.js';
import type { Sessions } from './sessions.js';
import type { Account, Device, Session, TrackerStore } from './store/tracker-store.js';

export interface DeviceSessionsOptions {
  readonly store: Pick<TrackerStore, 'accounts' | 'devices'>;
  readonly sessions: Pick<Sessions, 'bind' | 'close' | 'find' | 'open' | 'stands'>;
  readonly authority: Pick<Authority, 'certificate' | 'sign'>;
  readonly challenges: Challenges;
  readonly clock: Clock;
}

/** After these a peer does not offer its key again: it must be sure that the tracker said so. */
const FOR_GOOD: ReadonlySet<ErrorCode> = new Set(['device_signed_out', 'device_revoked']);

/** With the CA's signature. */
export class SignedRefusal extends ParleyError {
  constructor(
    code: ErrorCode,
    readonly sig: string,
  ) {
    super(code);
  }
}

/** In place of the epoch of a device: its user has signed it out. */
const SIGNED_OUT = -1;

/**
 * Sign-in by the key of a device (SPEC.md section 2). A password lets a device in for as long as it is the account's password,
 * and until the device is signed out or revoked: so long its key opens sessions.
 */
export class DeviceSessions {
  constructor(private readonly options: DeviceSessionsOptions) {}

  challenge(device: DeviceId): string {
    return this.options.challenges.make(device);
  }

  /** Errors: bad_challenge, device_unknown, device_revoked, device_signed_out, account_missing. */
  async signIn(request: DeviceSignIn): Promise<{ username: Username; token: string }> {
    try {
      return await this.#signIn(request);
    } catch (error) {
      if (!isParleyError(error) || !FOR_GOOD.has(error.code)) throw error;
      const bytes = refusalBytes(error.code, request.device, request.challenge);
      throw new SignedRefusal(error.code, (await this.options.authority.sign(bytes)).toString('base64url'));
    }
  }

  async #signIn({
    device: id,
    challenge,
    sig,
    certificate,
  }: DeviceSignIn): Promise<{ username: Username; token: string }> {
    const { store, sessions, challenges } = this.options;
    const device = id as DeviceId;
    challenges.check(device, challenge);
    const known = await store.devices.find(device);
    if (!known) throw await this.#whyUnknown(device, sessionBytes(challenge), sig, certificate);
    // Before anything is said of the device: who has not its key is told the same of all.
    if (!signed(keyOfDevice(known.certificate, device), sessionBytes(challenge), sig)) throw unknown();
    const account = await this.#letIn(known);
    const { key, username, epoch } = account;
    const token = await sessions.open(key, username, { epoch, device });
    try {
      // The password may have changed meanwhile, and every session that it knew of have been ended.
      await this.#letIn(await store.devices.find(device));
    } catch (error) {
      const opened = await sessions.find(token);
      if (opened) await sessions.close(opened);
      throw error;
    }
    return { username, token };
  }

  async #letIn(device: Device | undefined): Promise<Account> {
    if (device?.revoked) throw new ParleyError('device_revoked');
    const account = device && (await this.options.store.accounts.find(device.user));
    // A device of before there were epochs: nobody has signed it out.
    if (account && device.epoch === undefined) throw unknown();
    // The only session of a guest is the visit.
    if (!account || account.guest !== undefined) throw new ParleyError('device_signed_out');
    const { epoch, devicesSince = epoch } = account;
    if (device.epoch === undefined || device.epoch < devicesSince || device.epoch > epoch) {
      throw new ParleyError('device_signed_out');
    }
    // Not for good: once it is used again, its devices come back by themselves.
    checkUsed(account);
    return account;
  }

  /** Only where the account is gone, and to who shows that this CA knew the device, is more said. */
  async #whyUnknown(
    device: DeviceId,
    bytes: Buffer,
    sig: string,
    certificate: string | undefined,
  ): Promise<ParleyError> {
    const { store, authority, clock } = this.options;
    const holder = certificate === undefined ? undefined : holderOf(certificate, authority.certificate, clock.now());
    if (holder?.device !== device || !signed(holder.publicKey, bytes, sig)) return unknown();
    if (isGuestName(holder.username) || (await store.accounts.find(userKey(holder.username)))) return unknown();
    return new ParleyError('account_missing');
  }

  /**
   * Whether a registration shows that its device had the account at this CA. False without a certificate.
   * Errors: bad_request, bad_challenge, device_unknown.
   */
  proves({ username, certificate, challenge, sig }: Registration): boolean {
    const { authority, challenges, clock } = this.options;
    if (certificate === undefined) return false;
    if (challenge === undefined || sig === undefined) throw new ParleyError('bad_request');
    const holder = holderOf(certificate, authority.certificate, clock.now());
    if (!holder || !sameUser(holder.username, username as Username)) throw unknown();
    challenges.check(holder.device, challenge);
    if (!signed(holder.publicKey, registerBytes(challenge), sig)) throw unknown();
    return true;
  }

  /** A device is used in this session: from now on its key opens others, as long as the password stays that of the session. */
  async vouch(session: Session, device: DeviceId): Promise<void> {
    const { devices } = this.options.store;
    const known = await devices.find(device);
    if (!known || known.revoked || known.user !== session.user) return;
    if (known.epoch === session.epoch && session.device === device) return;
    if (!(await this.options.sessions.bind(session, device))) return;
    await devices.setEpoch(device, session.epoch);
    // It was signed out meanwhile: that counts.
    if (!(await this.options.sessions.stands(session))) await devices.setEpoch(device, SIGNED_OUT);
  }

  /** After a new password: the device whose user has just typed both passwords stays let in. */
  async keep(device: DeviceId, { epoch }: Account): Promise<void> {
    const { devices } = this.options.store;
    if ((await devices.find(device))?.revoked === false) await devices.setEpoch(device, epoch);
  }

  /** Ends a session because its user wants to be signed out: the device that used it needs the password again. */
  async signOut(session: Session): Promise<void> {
    const device = await this.options.sessions.close(session);
    if (device !== undefined) await this.options.store.devices.setEpoch(device, SIGNED_OUT);
  }
}

/** @param sig b64u, 64 bytes */
function signed(key: KeyObject, bytes: Buffer, sig: string): boolean {
  return verify(null, bytes, key, Buffer.from(sig, 'base64url'));
}

function unknown(): ParleyError {
  return new ParleyError('device_unknown');
}
