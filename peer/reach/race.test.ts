import { afterEach, describe, expect, test } from '@jest/globals';
import { TestTime } from '../link/test-support.js';
import { ATTEMPT_MS, ATTEMPTS_MAX, race, RACE_MS, STAGGER_MS, type Outcome, type Verdict } from './race.js';

/** Dials by hand: what was begun, and what becomes of it. */
class Dials {
  readonly time = new TestTime();
  readonly begun: string[] = [];
  readonly open = new Map<string, { resolve: (won: string) => void; reject: (error: unknown) => void }>();
  most = 0;
  readonly end = new AbortController();
  /** Hosts whose dial does not hear that it was ended: it becomes a link all the same. */
  deaf = new Set<string>();

  start(...hosts: string[]): Promise<Outcome<string>> {
    return race({
      addresses: hosts.map((host) => ({ host, port: 1 })),
      timers: this.time,
      signal: this.end.signal,
      judge: (error): Verdict => {
        const { message } = error as Error;
        return message === 'yield' || message === 'end' ? message : 'next';
      },
      dial: ({ host }, signal) =>
        new Promise((resolve, reject) => {
          this.begun.push(host);
          this.open.set(host, { resolve, reject });
          this.most = Math.max(this.most, this.open.size);
          signal.addEventListener('abort', () => {
            this.open.delete(host);
            if (!this.deaf.has(host)) reject(new Error('ended'));
          });
        }),
    });
  }

  async answer(host: string, error: string): Promise<void> {
    this.open.get(host)?.reject(new Error(error));
    this.open.delete(host);
    await turn();
  }

  async link(host: string): Promise<void> {
    this.open.get(host)?.resolve(host);
    this.open.delete(host);
    await turn();
  }

  async pass(ms: number): Promise<void> {
    for (let left = ms; left > 0; left -= 50) {
      this.time.advance(Math.min(50, left));
      await turn();
    }
  }
}

const turn = (): Promise<void> => new Promise((resolve) => void setImmediate(resolve));
const dials = (): Dials => (made = new Dials());
let made: Dials | undefined;

afterEach(() => {
  expect([made?.time.timers, made?.open.size]).toEqual([0, 0]);
});

const failed = (...failures: [host: string, error: string][]): unknown => ({
  failures: failures.map(([host, error]) => ({ address: { host, port: 1 }, error: new Error(error) })),
  untried: [],
});

describe('a race', () => {
  test('passes over a silent address, and ends it when another is up', async () => {
    const it = dials();
    const outcome = it.start('silent', 'good', 'spare');
    expect(it.begun).toEqual(['silent']);
    await it.pass(STAGGER_MS);
    expect(it.begun).toEqual(['silent', 'good']);
    await it.link('good');
    expect(await outcome).toEqual({ won: 'good' });
    await it.pass(RACE_MS);
    expect(it.begun).toEqual(['silent', 'good']);
  });

  test('goes on at once when an address fails, and keeps all failures', async () => {
    const it = dials();
    const outcome = it.start('a', 'b', 'c');
    await it.answer('a', 'refused');
    expect(it.begun).toEqual(['a', 'b']);
    await it.pass(STAGGER_MS);
    await it.answer('c', 'another device');
    await it.answer('b', 'refused');
    expect(await outcome).toEqual(failed(['a', 'refused'], ['c', 'another device'], ['b', 'refused']));
  });

  test('has never more than its places, and each silent address gives its own to the next', async () => {
    const it = dials();
    const hosts = Array.from({ length: 10 }, (_, index) => `h${index}`);
    const outcome = it.start(...hosts);
    await it.pass(ATTEMPT_MS - STAGGER_MS);
    expect(it.begun).toEqual(hosts.slice(0, ATTEMPTS_MAX));
    await it.pass(RACE_MS);
    expect(it.begun).toEqual(hosts);
    expect(it.most).toBe(ATTEMPTS_MAX);
    expect(await outcome).toEqual(failed(...hosts.map((host): [string, string] => [host, 'ended'])));
  });

  test('lets an attempt that nobody waits for have the whole time', async () => {
    const it = dials();
    const outcome = it.start('slow', 'dead');
    await it.pass(STAGGER_MS);
    await it.answer('dead', 'refused');
    await it.pass(RACE_MS - STAGGER_MS - 100);
    await it.link('slow');
    expect(await outcome).toEqual({ won: 'slow' });
  });

  test('says for which addresses it had no time', async () => {
    const it = dials();
    const hosts = Array.from({ length: 14 }, (_, index) => `h${index}`);
    const outcome = it.start(...hosts);
    await it.pass(RACE_MS);
    const { failures, untried } = (await outcome) as Exclude<Outcome<string>, { won: string }>;
    expect(untried.map(({ host }) => host)).toEqual(hosts.slice(12));
    expect(failures.map(({ address }) => address.host)).toEqual(hosts.slice(0, 12));
  });

  test('is over when the device itself refuses', async () => {
    const it = dials();
    const outcome = it.start('a', 'b', 'c');
    await it.pass(STAGGER_MS);
    await it.answer('a', 'end');
    expect(await outcome).toEqual(failed(['a', 'end']));
    expect(it.begun).toEqual(['a', 'b']);
  });

  test('tries an address again that gave way to another one, once that one has come to nothing', async () => {
    const it = dials();
    const outcome = it.start('hole', 'good');
    await it.pass(STAGGER_MS);
    await it.answer('good', 'yield');
    await it.pass(ATTEMPT_MS - STAGGER_MS);
    expect(it.begun).toEqual(['hole', 'good', 'good']);
    await it.link('good');
    expect(await outcome).toEqual({ won: 'good' });
  });

  test('does so once: who always gives way fails in the end', async () => {
    const it = dials();
    const outcome = it.start('a', 'b');
    await it.pass(STAGGER_MS);
    await it.answer('b', 'yield');
    await it.answer('a', 'refused');
    await it.answer('b', 'yield');
    expect(await outcome).toEqual(failed(['a', 'refused'], ['b', 'yield']));
  });

  test('has one winner, whatever links late', async () => {
    const it = dials();
    it.deaf.add('a');
    const outcome = it.start('a', 'b');
    await it.pass(STAGGER_MS);
    const late = it.open.get('a');
    await it.link('b');
    late?.resolve('a');
    expect(await outcome).toEqual({ won: 'b' });
  });

  test('ends when it is told to, and what it had not tried is not said to have failed', async () => {
    const it = dials();
    const outcome = it.start('a', 'b');
    it.end.abort();
    expect(await outcome).toEqual({
      failures: [{ address: { host: 'a', port: 1 }, error: new Error('ended') }],
      untried: [{ host: 'b', port: 1 }],
    });
    await it.pass(RACE_MS);
    expect(it.begun).toEqual(['a']);
  });

  test('without an address is over at once', async () => {
    expect(await dials().start()).toEqual(failed());
  });
});
