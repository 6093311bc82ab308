import { hash } from 'node:crypto';
import Type, { type Static } from 'typebox';
import { Compile } from 'typebox/compile';
import type { InviteRecord } from '../../protocol/admin-api.js';
import { ParleyError } from '../../protocol/errors.js';
import { inviteCode, parseInviteCode } from '../../protocol/invite-code.js';
import type { Clock } from '../clock.js';
import { DAY_MS } from '../daily-limits.js';
import type { RecordStore } from '../store/record-store.js';

export interface InvitesOptions {
  records: RecordStore;
  clock: Clock;
  randomBytes: (size: number) => Buffer;
  /** Whether somebody runs this tracker already. */
  hasAdmin: () => Promise<boolean>;
}

const Stored = Type.Object({
  code: Type.String(),
  created: Type.Integer(),
  expires: Type.Integer(),
  uses: Type.Integer(),
  used: Type.Integer(),
  /** The name of an admin; absent: made at a start, for the console. */
  by: Type.Optional(Type.String()),
  /** Its account becomes an admin. Only while there is none. */
  admin: Type.Optional(Type.Literal(true)),
});
type Stored = Static<typeof Stored>;
const stored = Compile(Stored);

/** Of one tracker at once. Those that are over are removed for new ones. */
export const INVITES_MAX = 200;
/** What the console shows at a start: for a first group of people, and for whoever runs the tracker. */
const STANDING = { uses: 50, days: 14 };
const SETUP = { uses: 1, days: 7 };
/** One that ends within a day is not worth passing on. */
const STANDING_LEFT_MS = DAY_MS;

/** What an account that is made with a code may be. */
export interface Admission {
  readonly admin: boolean;
}

/**
 * Codes with which accounts are made: each for so many, and until some day. A code lies under its hash, so that looking for one tells
 * nothing of others by its time; it is kept, since admins pass it on more than once.
 */
export class Invites {
  /** One at a time, so that the bound holds. */
  #making: Promise<unknown> = Promise.resolve();

  constructor(private readonly options: InvitesOptions) {}

  /** Errors: forbidden when there are too many. @param by the name of an admin */
  async make(by: string | undefined, wanted: { uses: number; days: number }, admin = false): Promise<InviteRecord> {
    const made = this.#making.then(() => this.#make(by, wanted, admin));
    this.#making = made.catch(() => undefined);
    return made;
  }

  /** The latest first, those that are over too, while they are kept. */
  async list(): Promise<InviteRecord[]> {
    const all = await this.#all();
    return all.sort((a, b) => b.created - a.created).map((invite) => this.#record(invite));
  }

  /** What the console shows: one that can still be passed on, from an earlier start or made now. */
  async standing(): Promise<InviteRecord> {
    const limit = this.options.clock.now() + STANDING_LEFT_MS;
    const all = (await this.list()).filter((one) => one.by === undefined && !one.admin && !one.over);
    return all.find(({ expires }) => Date.parse(expires) > limit) ?? this.make(undefined, STANDING);
  }

  /** For whoever runs this tracker, while nobody is its admin. Undefined once somebody is. */
  async setup(): Promise<InviteRecord | undefined> {
    if (await this.options.hasAdmin()) return undefined;
    const all = (await this.list()).filter((one) => one.admin && !one.over);
    return all[0] ?? this.make(undefined, SETUP, true);
  }

  /** Whether an account may be made with it. Errors: invite_over, the same for a code that never was. */
  async check(text: string): Promise<Admission> {
    const known = await this.#find(text);
    if (!known || !(await this.#holds(known))) throw new ParleyError('invite_over');
    return { admin: known.admin === true };
  }

  /** Whether it is one of this tracker, be it over. */
  async isKnown(text: string): Promise<boolean> {
    return (await this.#find(text)) !== undefined;
  }

  /** Uses it once: of several at once, as many as may. Errors: as `check`. */
  async take(text: string): Promise<void> {
    const { records } = this.options;
    await this.check(text);
    const outcome = { isTaken: false };
    await records.update('invite', idOf(text), (known) => {
      outcome.isTaken = stored.Check(known) && this.#isLeft(known);
      return outcome.isTaken && stored.Check(known) ? { ...known, used: known.used + 1 } : undefined;
    });
    if (!outcome.isTaken) throw new ParleyError('invite_over');
  }

  /** No account came of it after all. */
  async giveBack(text: string): Promise<void> {
    await this.options.records.update('invite', idOf(text), (known) =>
      stored.Check(known) && known.used > 0 ? { ...known, used: known.used - 1 } : undefined,
    );
  }

  /** Errors: not_found. */
  async revoke(id: string): Promise<InviteRecord> {
    const known = await this.options.records.find('invite', id);
    if (!stored.Check(known) || !(await this.options.records.remove('invite', id))) {
      throw new ParleyError('not_found', 'There is no such invite any more. Look at the list again.');
    }
    return this.#record(known);
  }

  async #make(by: string | undefined, { uses, days }: { uses: number; days: number }, admin: boolean) {
    const { records, clock, randomBytes } = this.options;
    const all = await this.#all();
    const over = all.filter((invite) => !this.#isLeft(invite));
    if (all.length - over.length >= INVITES_MAX) {
      throw new ParleyError('forbidden', `There are ${INVITES_MAX} invites, which is the most. Revoke one first.`);
    }
    if (all.length >= INVITES_MAX) for (const { code } of over) await records.remove('invite', idOf(code));
    const now = clock.now();
    const code = inviteCode(randomBytes(16));
    const invite: Stored = {
      ...{ code, created: now, expires: now + days * DAY_MS, uses, used: 0 },
      ...(by !== undefined && { by }),
      ...(admin && { admin: true as const }),
    };
    await records.update('invite', idOf(code), () => invite);
    return this.#record(invite);
  }

  async #all(): Promise<Stored[]> {
    const found = await this.options.records.list('invite', { limit: 2 * INVITES_MAX });
    return found.flatMap(({ value }) => (stored.Check(value) ? [value] : []));
  }

  async #find(text: string): Promise<Stored | undefined> {
    if (parseInviteCode(text) === undefined) return undefined;
    const known = await this.options.records.find('invite', idOf(text));
    return stored.Check(known) ? known : undefined;
  }

  async #holds(invite: Stored): Promise<boolean> {
    return this.#isLeft(invite) && !(invite.admin === true && (await this.options.hasAdmin()));
  }

  #isLeft({ uses, used, expires }: Stored): boolean {
    return used < uses && expires > this.options.clock.now();
  }

  #record(invite: Stored): InviteRecord {
    const { code, created, expires, uses, used, by, admin } = invite;
    const times = { created: new Date(created).toISOString(), expires: new Date(expires).toISOString() };
    const over = !this.#isLeft(invite);
    return { id: idOf(code), code, ...times, uses, used, over, admin: admin === true, ...(by !== undefined && { by }) };
  }
}

function idOf(code: string): string {
  return hash('sha256', `parley/invite/1\n${parseInviteCode(code) ?? ''}`, 'base64url');
}
