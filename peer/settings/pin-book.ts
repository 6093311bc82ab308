import { sameUser, userKey, type DeviceId, type UserKey, type Username } from '../../protocol/ids.js';
import { caFingerprint, judgeCa, judgeDevices, verificationReset, type NewNotice } from './pins.js';
import type { Pins } from './settings.js';

/** Where pins are kept: the `settings.json` document. */
export interface PinStore {
  readonly data: { readonly pins: Readonly<Pins> };
  update(change: (data: { pins: Pins }) => void): void;
}

export interface PinBookOptions {
  readonly store: PinStore;
  raise(notice: NewNotice): void;
  /** What a notice says is over. */
  lower(id: string): void;
  /** The user whose peer this is: a further device of theirs is told of in other words. */
  readonly self?: Username;
  /** What the user calls a device of their own, as far as known. */
  nameOf?(device: DeviceId): string | undefined;
  /** With the devices as they are known now; for the notice of a new one. */
  safetyNumber?(username: Username): string | undefined;
  /** The pinned devices of a user have changed, or whether they are verified. */
  changed?(username: Username): void;
}

/** Pins what is seen first, and raises a notice for what differs later. */
export class PinBook {
  readonly #store: PinStore;
  readonly #raise: PinBookOptions['raise'];
  readonly #options: PinBookOptions;
  /** The wrong CA that the user has been told of since the start: its notice does not come back once dismissed. */
  #toldOf: string | undefined;
  /** By tracker: the notice that says that it is another one. */
  readonly #wrong = new Map<string, string>();

  constructor(options: PinBookOptions) {
    this.#options = options;
    this.#store = options.store;
    this.#raise = (notice) => options.raise(notice);
  }

  get hasCa(): boolean {
    return this.#store.data.pins.ca !== undefined;
  }

  /** Whether a CA is the one to believe: the first ever seen, or the same since. `tracker`: its URL, for the notice. */
  trustsCa(pem: string, tracker: string): boolean {
    const seen = caFingerprint(pem);
    if (seen === undefined) return false;
    const judged = judgeCa(this.#store.data.pins.ca, seen, tracker);
    if (judged.verdict === 'changed') {
      this.#wrong.set(tracker, judged.notice.id);
      if (this.#toldOf !== seen) this.#raise(judged.notice);
      this.#toldOf = seen;
    } else this.#isRight(tracker);
    if (judged.verdict === 'first') {
      this.#store.update(({ pins }) => {
        pins.ca = seen;
      });
    }
    return judged.verdict !== 'changed';
  }

  /** Its data were lost only for a while, or another one had its address: there is nothing left to decide. */
  #isRight(tracker: string): void {
    const id = this.#wrong.get(tracker);
    this.#wrong.delete(tracker);
    if (id === undefined || [...this.#wrong.values()].includes(id)) return;
    this.#toldOf = undefined;
    this.#options.lower(id);
  }

  /** Whether a device of that user has been seen before. */
  knows(username: Username): boolean {
    return Object.hasOwn(this.#store.data.pins.users, userKey(username));
  }

  /**
   * To be told of each device whose certificate has been checked against the CA: on links, with entries, in lists.
   * `first`: the user is being met, so that these are taken as they are.
   */
  sawDevices(username: Username, seen: readonly DeviceId[], revoked: readonly DeviceId[] = [], first = false): void {
    const key = userKey(username);
    const { users } = this.#store.data.pins;
    // Own members only: a user may be called `constructor` or `__proto__`.
    const pinned = Object.hasOwn(users, key) ? users[key] : undefined;
    const { self, nameOf, safetyNumber, changed } = this.#options;
    const { pin, notices } = judgeDevices(username, pinned, seen, revoked, {
      first,
      own: self !== undefined && sameUser(self, username),
      nameOf: nameOf && ((device) => nameOf(device)),
      safetyNumber: safetyNumber && (() => safetyNumber(username)),
    });
    if (!pin) return;
    const wasVerified = this.#verifiedDevices(key) !== undefined;
    this.#store.update(({ pins }) => {
      put(pins.users, key, [...pin]);
      if (pins.verified) Reflect.deleteProperty(pins.verified, key);
    });
    for (const notice of notices) this.#raise(notice);
    if (wasVerified) this.#raise(verificationReset(username));
    changed?.(username);
  }

  /** Whether the user compared the safety number for exactly the devices that are pinned now. */
  isVerified(user: Username | UserKey): boolean {
    const key = userKey(user);
    const { users } = this.#store.data.pins;
    const pinned = Object.hasOwn(users, key) ? users[key] : undefined;
    const verified = this.#verifiedDevices(key);
    return pinned !== undefined && verified !== undefined && pinned.every((device) => verified.includes(device));
  }

  /** Remembers the comparison until a device of the user comes or goes. */
  setVerified(username: Username, verified: boolean): void {
    const key = userKey(username);
    const { users } = this.#store.data.pins;
    const pinned = Object.hasOwn(users, key) ? (users[key] ?? []) : [];
    this.#store.update(({ pins }) => {
      if (verified) put((pins.verified ??= {}), key, [...pinned]);
      else if (pins.verified) Reflect.deleteProperty(pins.verified, key);
    });
    this.#options.changed?.(username);
  }

  #verifiedDevices(key: UserKey): readonly string[] | undefined {
    const { verified } = this.#store.data.pins;
    return verified && Object.hasOwn(verified, key) ? verified[key] : undefined;
  }
}

/** As an own member, whatever the user is called. */
function put(record: Record<string, string[]>, key: UserKey, value: string[]): void {
  Object.defineProperty(record, key, { value, configurable: true, enumerable: true, writable: true });
}
