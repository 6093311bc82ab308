import { userKey, type DeviceId, type Username } from '../../protocol/ids.js';
import { caFingerprint, judgeCa, judgeDevices, type NewNotice } from './pins.js';
import type { Pins } from './settings.js';

/** Where pins are kept: the `settings.json` document. */
export interface PinStore {
  readonly data: { readonly pins: Readonly<Pins> };
  update(change: (data: { pins: Pins }) => void): void;
}

export interface PinBookOptions {
  readonly store: PinStore;
  raise(notice: NewNotice): void;
}

/** Pins what is seen first, and raises a notice for what differs later. */
export class PinBook {
  readonly #store: PinStore;
  readonly #raise: PinBookOptions['raise'];
  /** The wrong CA that the user has been told of since the start: its notice does not come back once dismissed. */
  #toldOf: string | undefined;

  constructor({ store, raise }: PinBookOptions) {
    this.#store = store;
    this.#raise = raise;
  }

  /** Whether a CA is the one to believe: the first ever seen, or the same since. `tracker`: its URL, for the notice. */
  trustsCa(pem: string, tracker: string): boolean {
    const seen = caFingerprint(pem);
    if (seen === undefined) return false;
    const judged = judgeCa(this.#store.data.pins.ca, seen, tracker);
    if (judged.verdict === 'changed' && this.#toldOf !== seen) {
      this.#toldOf = seen;
      this.#raise(judged.notice);
    }
    if (judged.verdict === 'first') {
      this.#store.update(({ pins }) => {
        pins.ca = seen;
      });
    }
    return judged.verdict !== 'changed';
  }

  /** To be told of each device whose certificate has been checked against the CA: on links, with entries, in lists. */
  sawDevices(username: Username, seen: readonly DeviceId[], revoked: readonly DeviceId[] = []): void {
    const key = userKey(username);
    const { users } = this.#store.data.pins;
    // Own members only: a user may be called `constructor` or `__proto__`.
    const pinned = Object.hasOwn(users, key) ? users[key] : undefined;
    const { pin, notices } = judgeDevices(username, pinned, seen, revoked);
    if (pin) {
      this.#store.update(({ pins }) => {
        Object.defineProperty(pins.users, key, {
          value: [...pin],
          configurable: true,
          enumerable: true,
          writable: true,
        });
      });
    }
    for (const notice of notices) this.#raise(notice);
  }
}
