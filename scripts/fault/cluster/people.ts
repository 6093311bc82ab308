/** People who register, sign in, join, leave and sign out, each at any of the trackers; and the judgement of what was acknowledged. */
import { setTimeout as wait } from 'node:timers/promises';
import type { Calls, Place } from './calls.js';
import type { Findings } from './findings.js';

const WORKERS = 3;
/** Between two people of one worker: passwords are costly. Milliseconds. */
const PACE_MS = 200;
const PASSWORD = 'correct horse';
const CHANNEL = 'random-talk';
/** A tracker whose server was killed hears of what is new some seconds later. */
const BEHIND_MS = 60_000;
const PROGRESS_MS = 180_000;

interface Person {
  readonly name: string;
  token?: string;
  /** Both undefined: no call about it was answered. */
  isMember?: boolean;
  isSignedOut?: boolean;
  /** A call about it was not answered, so that nobody knows. */
  isUnclear?: boolean;
}

export class People {
  readonly #people: Person[] = [];
  readonly #waiting = new Set<() => void>();
  #isOver = false;
  #done = 0;

  constructor(
    private readonly calls: Calls,
    private readonly findings: Findings,
    private readonly times = { paceMs: PACE_MS, behindMs: BEHIND_MS },
  ) {}

  /** Resolves when `stop` was called, and all is over. */
  async work(): Promise<void> {
    await Promise.all(Array.from({ length: WORKERS }, (_, worker) => this.#worker(worker)));
  }

  stop(): void {
    this.#isOver = true;
  }

  /** Resolves when more was acknowledged to each worker: the cluster can write. Errors: it cannot for too long. */
  async progress(): Promise<void> {
    const wanted = this.#done + WORKERS;
    await new Promise<void>((resolve, reject) => {
      const late = setTimeout(() => reject(new Error(`nothing was written within ${PROGRESS_MS} ms`)), PROGRESS_MS);
      const look = (): void => {
        if (this.#done < wanted) return;
        clearTimeout(late);
        this.#waiting.delete(look);
        resolve();
      };
      this.#waiting.add(look);
    });
  }

  async #worker(worker: number): Promise<void> {
    for (let n = 0; !this.#isOver; n += 1) {
      await this.#person(`w${worker}x${n}`, n);
      await wait(this.times.paceMs);
    }
  }

  async #person(name: string, n: number): Promise<void> {
    const { calls } = this;
    const { figures, faults } = this.findings;
    const body = { username: name, password: PASSWORD };
    const isRace = n % 4 === 3;
    const tries = await Promise.all(
      (isRace ? [0, 1] : [0]).map(() => calls.once({ method: 'POST', path: '/register', body })),
    );
    const won = tries.filter((answer) => answer?.status === 200).length;
    if (isRace) figures.races += 1;
    if (won > 1) faults.wonTwice.push(name);
    if (won === 0) return;
    const person: Person = { name };
    this.#people.push(person);
    figures.accounts += 1;
    const login = await calls.once({ method: 'POST', path: '/login', body });
    const token = login?.body['token'];
    if (typeof token !== 'string') return;
    person.token = token;
    figures.sessions += 1;
    const path = '/add-list';
    const joined = await calls.once({ method: 'POST', path, body: { username: name, channel: CHANNEL }, token });
    person.isUnclear = joined === undefined;
    if (joined?.status === 200) {
      person.isMember = true;
      figures.memberships += 1;
    }
    if (n % 5 === 4) await this.#leave(person, token);
    if (n % 7 === 6) await this.#signOut(person, token);
    this.#done += 1;
    for (const look of this.#waiting) look();
    await this.#look();
  }

  async #leave(person: Person, token: string): Promise<void> {
    const left = await this.calls.once({ method: 'POST', path: `/channels/${CHANNEL}/leave`, body: {}, token });
    if (left?.status === 200) person.isMember = false;
    else person.isUnclear = true;
  }

  async #signOut(person: Person, token: string): Promise<void> {
    // A call that is not answered may come through later.
    person.isSignedOut = true;
    const answer = await this.calls.once({ method: 'POST', path: '/logout', body: {}, token });
    if (answer?.status !== 200) delete person.token;
  }

  /** Somebody who is signed in stays so, whatever is killed. */
  async #look(): Promise<void> {
    const { name, token, isSignedOut = false } = this.calls.random.pick(this.#people);
    if (token === undefined || isSignedOut) return;
    const found = await this.calls.once({ method: 'GET', path: '/me', token });
    if (found?.status === 401) this.findings.faults.signedOut.push(name);
  }

  /** At each tracker: everything that was acknowledged. */
  async judge(): Promise<void> {
    const { calls } = this;
    const { lost, undead } = this.findings.faults;
    for (const node of calls.nodes) {
      for (const { name, token, isMember, isSignedOut = false, isUnclear = false } of this.#people) {
        const at = `${name} at ${node.url}`;
        if (token === undefined) {
          const body = { username: name, password: PASSWORD };
          const again = await calls.persist({ method: 'POST', path: '/register', body, node });
          if (again.status !== 409) lost.push(`account ${at}`);
          continue;
        }
        if (isSignedOut) {
          if (!(await this.#hasEnded(token, node))) undead.push(`session ${at}`);
          continue;
        }
        const { status } = await calls.persist({ method: 'GET', path: '/me', token, node });
        if (status !== 200) lost.push(`session ${at}: ${status}`);
        if (isUnclear || isMember === undefined) continue;
        if (await this.#isIn(token, node, isMember)) continue;
        if (isMember) lost.push(`membership ${at}`);
        else undead.push(`membership ${at}`);
      }
    }
  }

  async #hasEnded(token: string, node: Place): Promise<boolean> {
    return this.#comesToSay(async () => {
      const { status } = await this.calls.persist({ method: 'GET', path: '/me', token, node });
      return status === 401;
    });
  }

  async #isIn(token: string, node: Place, isMember: boolean): Promise<boolean> {
    return this.#comesToSay(async () => {
      const { body } = await this.calls.persist({ method: 'GET', path: '/me', token, node });
      const channels = body['channels'];
      return Array.isArray(channels) && channels.includes(CHANNEL) === isMember;
    });
  }

  /** Whether it does so in time. */
  async #comesToSay(said: () => Promise<boolean>): Promise<boolean> {
    for (const until = Date.now() + this.times.behindMs; ;) {
      if (await said()) return true;
      if (Date.now() >= until) return false;
      await wait(500);
    }
  }
}
