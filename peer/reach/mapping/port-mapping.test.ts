/** When a router is asked, what is shown of it, and that nothing is left of a mapping. */
import { expect, test } from '@jest/globals';
import { TestTime } from '../../link/test-support.js';
import { PortMapping, type PortMappingOptions } from './port-mapping.js';
import type { Granted, Home, Outcome, Wish } from './types.js';

const home: Home = { ours: '192.168.1.7', router: '192.168.1.1' };
const HOUR = 3600_000;

/** A device, and a router that says what a test wants. */
class Machine {
  readonly time = new TestTime();
  home: Home | 'public' | undefined = home;
  listens = '0.0.0.0';
  answer: Partial<Granted> | 'refused' | 'unanswered' | 'nothing' | 'in doubt' | 'late' = {};
  readonly asked: Wish[] = [];
  readonly removed: number[] = [];
  /** What was made by who knows whom, and taken back. */
  undone = 0;
  changes = 0;
  readonly mapping: PortMapping;

  constructor(more: Partial<PortMappingOptions> = {}) {
    this.mapping = new PortMapping({
      wanted: true,
      p2p: () => ({ host: this.listens, port: 9101 }),
      home: async () => this.home,
      ask: (wish, _home, signal) => this.#ask(wish, signal),
      changed: () => void (this.changes += 1),
      timers: this.time,
      log: { debug: () => undefined, info: () => undefined, warn: () => undefined },
      ...more,
    });
  }

  async #ask(wish: Wish, signal: AbortSignal): Promise<Outcome> {
    this.asked.push(wish);
    const { answer } = this;
    if (answer === 'refused') return { state: 'refused', host: '203.0.113.7' };
    if (answer === 'nothing' || answer === 'in doubt' || answer === 'late')
      await new Promise((resolve) => void signal.addEventListener('abort', resolve));
    if (answer === 'in doubt') return { state: 'unanswered', undo: async () => void (this.undone += 1) };
    if (answer === 'unanswered' || answer === 'nothing') return { state: 'unanswered' };
    const remove = async (): Promise<void> => void this.removed.push(wish.inner);
    const facts = { by: 'upnp' as const, host: '203.0.113.7', port: 9102, lifetimeMs: 2 * HOUR, remove };
    return { state: 'mapped', granted: { ...facts, ...(answer !== 'late' && answer) } };
  }

  async look(): Promise<void> {
    this.mapping.anew();
    await new Promise(setImmediate);
  }

  async pass(ms: number): Promise<void> {
    this.time.advance(ms);
    await new Promise(setImmediate);
  }
}

test('it is renewed at half of its time, under the port that it has, and taken back in the end', async () => {
  const machine = new Machine();
  await machine.look();
  expect(machine.mapping.view).toEqual({ state: 'mapped', by: 'upnp', host: '203.0.113.7', port: 9102 });
  await machine.pass(HOUR - 1);
  expect(machine.asked).toHaveLength(1);
  await machine.pass(1);
  expect(machine.asked).toEqual([
    { inner: 9101, outer: 9101, lifetimeMs: 2 * HOUR },
    { inner: 9101, outer: 9102, lifetimeMs: 2 * HOUR },
  ]);
  await machine.mapping.stop();
  expect([machine.removed, machine.time.timers]).toEqual([[9101], 0]);
  await machine.look();
  expect(machine.asked).toHaveLength(2);
});

test('a router that grants moments is not asked all the time; one that does not answer is asked again later', async () => {
  for (const [answer, ms] of [
    [{ lifetimeMs: 1_000 }, 60_000],
    ['refused', HOUR / 2],
    ['unanswered', HOUR / 2],
  ] as const) {
    const machine = Object.assign(new Machine(), { answer });
    await machine.look();
    await machine.pass(ms - 1);
    expect([answer, machine.asked.length]).toEqual([answer, 1]);
    await machine.pass(1);
    expect([answer, machine.asked.length]).toEqual([answer, 2]);
    await machine.mapping.stop();
  }
});

test('nobody is asked where no router stands before this device, or nobody is to come in', async () => {
  for (const [more, state] of [
    [{ listens: '127.0.0.1' }, 'unneeded'],
    [{ listens: '203.0.113.9' }, 'unneeded'],
    [{ listens: '192.168.9.9' }, 'unneeded'],
    [{ home: 'public' as const }, 'unneeded'],
    [{ home: undefined }, 'unanswered'],
  ] as const) {
    const machine = Object.assign(new Machine(), more);
    await machine.look();
    expect([more, machine.mapping.view, machine.asked]).toEqual([more, { state }, []]);
    await machine.mapping.stop();
  }
  const off = new Machine({ wanted: false });
  await off.look();
  expect([off.mapping.view, off.asked, off.time.timers]).toEqual([{ state: 'off' }, [], 0]);
});

test('a home that is another one: what was asked in the former counts no more', async () => {
  const machine = Object.assign(new Machine(), { answer: 'nothing' as const });
  await machine.look();
  expect(machine.mapping.view).toEqual({ state: 'asking' });
  Object.assign(machine, { answer: {} });
  await machine.look();
  expect(machine.mapping.view.state).toBe('mapped');
  const { changes } = machine;
  await machine.look();
  expect(machine.changes).toBe(changes);
  Object.assign(machine, { home: 'public' });
  await machine.look();
  expect(machine.mapping.view).toEqual({ state: 'unneeded' });
  await machine.mapping.stop();
  expect(machine.time.timers).toBe(0);
});

test('what is asked anew is asked once the former mapping, whose fate is not known, was taken back', async () => {
  const order: string[] = [];
  const machine = new Machine({
    ask: async (_wish, _home, signal) => {
      order.push('asked');
      await new Promise((resolve) => void signal.addEventListener('abort', resolve));
      const undo = async (): Promise<void> => {
        await new Promise(setImmediate);
        order.push('taken back');
      };
      return { state: 'refused', host: undefined, undo };
    },
  });
  await machine.look();
  machine.mapping.anew();
  while (order.length < 3) await new Promise(setImmediate);
  await machine.mapping.stop();
  expect(order).toEqual(['asked', 'taken back', 'asked', 'taken back']);
});

test('what a router grants, or may have granted, while it stops is taken back as well; one that fails then holds nobody up', async () => {
  const late = Object.assign(new Machine(), { answer: 'late' as const });
  await late.look();
  expect([late.asked.length, late.removed]).toEqual([1, []]);
  await late.mapping.stop();
  expect(late.removed).toEqual([9101]);
  const doubtful = Object.assign(new Machine(), { answer: 'in doubt' as const });
  await doubtful.look();
  await doubtful.mapping.stop();
  expect([doubtful.asked.length, doubtful.undone]).toEqual([1, 1]);
  // Before anybody was asked.
  const early = new Machine();
  early.mapping.anew();
  await early.mapping.stop();
  expect([early.asked, early.removed, early.time.timers]).toEqual([[], [], 0]);
  const failing = Object.assign(new Machine(), { answer: { remove: () => Promise.reject(new Error('gone')) } });
  await failing.look();
  await failing.mapping.stop();
});
