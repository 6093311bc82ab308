/** When it is looked how this device is reached, what is made of what the tracker says, and what of its refusals. */
import { expect, test } from '@jest/globals';
import { ParleyError, type ErrorCode } from '../../protocol/errors.js';
import type { Checked, CheckCode, MappingView, Reflected } from '../../protocol/reach.js';
import { TestTime } from '../link/test-support.js';
import type { Interfaces } from '../reach/addresses.js';
import { ReachWatch } from './reach-watch.js';

const [v4, v6] = ['203.0.113.7', '2001:db8::7'];
const common = { netmask: '', mac: '', internal: false } as const;
const interfaces: Interfaces = {
  eth0: [
    { ...common, address: v4, cidr: `${v4}/24`, family: 'IPv4' },
    { ...common, address: v6, cidr: `${v6}/64`, family: 'IPv6', scopeid: 0 },
  ],
};

/** A device, and a tracker that says what a test wants. */
class Machine {
  readonly time = new TestTime();
  /** What it says of ports: let in; why not; or that it does not look. */
  answer: 'open' | CheckCode | ErrorCode = 'open';
  seenAt: string = v4;
  mapping: MappingView = { state: 'off' };
  /** How often a forwarded port was found shut. */
  shut = 0;
  /** The ports of the last check. */
  ports: readonly number[] = [];
  listens = '0.0.0.0';
  /** When it was asked to look. */
  readonly asked: number[] = [];
  /** Of a second port, where there is one. */
  secondSees: number | undefined;
  /** So often the first port was asked. */
  reflections = 0;
  readonly watch = new ReachWatch({
    api: {
      reflect: async ({ otherPort }) => this.#reflect(otherPort !== undefined),
      check: async (ports) => this.#check(ports),
    },
    p2p: () => ({ host: this.listens, port: 9101 }),
    interfaces: () => interfaces,
    mapping: () => this.mapping,
    shut: () => void (this.shut += 1),
    changed: () => undefined,
    ...{ timers: this.time, steady: () => this.time.now(), random: () => 0 },
    log: { debug: () => undefined, info: () => undefined, warn: () => undefined },
  });

  #reflect(isSecond: boolean): Reflected {
    if (!isSecond) this.reflections += 1;
    const port = isSecond ? (this.secondSees ?? 0) : 40_000;
    const second = this.secondSees === undefined ? {} : { other_port: 8002 };
    return { status: 'success', host: this.seenAt, port, proxied: false, ...second };
  }

  #check(ports: readonly number[]): Checked {
    const { answer } = this;
    this.ports = ports;
    this.asked.push(this.time.now());
    if (answer === 'open')
      return { status: 'success', host: this.seenAt, results: [{ port: 9101, open: true, ms: 1 }] };
    if (!isCheckCode(answer)) throw new ParleyError(answer);
    return { status: 'success', host: this.seenAt, results: [{ port: 9101, open: false, code: answer, ms: 1 }] };
  }

  /** Goes on to the next look. @returns how long it was until then, milliseconds */
  async next(): Promise<number> {
    const since = this.time.now();
    const before = this.asked.length;
    for (let ms = 0; this.asked.length === before && ms < 3_600_000; ms += 1_000) {
      this.time.advance(1_000);
      // Looking: it is over when the next look is waited for.
      while (this.time.timers === 0) await new Promise(setImmediate);
    }
    return (this.asked.at(-1) ?? NaN) - since;
  }

  come(host: string): void {
    this.watch.up({ dialled: false, relayed: false, address: { host, port: 1 } });
  }
}

const checkCodes: readonly string[] = ['silent', 'refused', 'unreachable', 'not_a_peer', 'another_device'];
const isCheckCode = (code: string): code is CheckCode => checkCodes.includes(code);

/** A machine that was looked at once. */
async function looked(
  more: Partial<Pick<Machine, 'answer' | 'seenAt' | 'listens' | 'secondSees' | 'mapping'>>,
): Promise<Machine> {
  const machine = Object.assign(new Machine(), more);
  machine.watch.tracker(true);
  await machine.next();
  return machine;
}

test('a refusal that passes is soon asked about again, another one only in time', async () => {
  for (const answer of ['rate_limited', 'unavailable', 'tracker_unreachable'] as const) {
    const machine = await looked({ answer });
    expect([answer, await machine.next()]).toEqual([answer, 35_000]);
  }
  for (const answer of ['bad_request', 'forbidden', 'not_found', 'open', 'silent'] as const) {
    const machine = await looked({ answer });
    expect([answer, await machine.next()]).toEqual([answer, 14 * 60_000]);
  }
});

test('what reflections show counts where no check is made as well', async () => {
  const { watch } = await looked({ answer: 'bad_request', secondSees: 50_000 });
  expect(watch.view()).toEqual({ reach: 'hard', host: v4, mapping: { state: 'off' } });
});

test('whether the router is steady is asked once in a network, by whoever wants to know it first', async () => {
  const machine = new Machine();
  machine.secondSees = 50_000;
  expect(await Promise.all([machine.watch.isSteady(), machine.watch.isSteady()])).toEqual([false, false]);
  expect([machine.reflections, machine.watch.reach]).toEqual([1, 'hard']);
  expect([await machine.watch.isSteady(), machine.reflections]).toEqual([false, 1]);
  machine.watch.network();
  machine.secondSees = 40_000;
  expect([await machine.watch.isSteady(), machine.reflections]).toEqual([true, 2]);
  // What the look finds is known to the other one.
  const { watch, reflections } = await looked({ secondSees: 50_000 });
  expect([await watch.isSteady(), reflections]).toEqual([false, 1]);
});

test('what another network has answered says nothing of this one', async () => {
  const machine = new Machine();
  machine.secondSees = 50_000;
  const before = machine.watch.isSteady();
  machine.watch.network();
  await before;
  expect(machine.watch.reach).toBeUndefined();
  machine.secondSees = 40_000;
  expect([await machine.watch.isSteady(), machine.reflections]).toEqual([true, 2]);
});

test('shut where this device does not listen is no word about where it does', async () => {
  expect((await looked({ answer: 'refused', seenAt: v6 })).watch.view()).toEqual({
    host: v6,
    mapping: { state: 'off' },
  });
  expect((await looked({ answer: 'refused', seenAt: v6, listens: '::' })).watch.view()).toMatchObject({
    code: 'refused',
  });
  expect((await looked({ answer: 'refused' })).watch.view()).toMatchObject({ reach: 'behind', code: 'refused' });
  const machine = await looked({});
  Object.assign(machine, { answer: 'refused', seenAt: v6 });
  await machine.next();
  expect(machine.watch.reach).toBe('open');
});

test('who comes from a network of ours has come past no router, also to a public address', async () => {
  for (const from of ['203.0.113.9', '2001:db8::9', '::ffff:203.0.113.9']) {
    const machine = await looked({ answer: 'silent' });
    machine.come(from);
    expect([from, machine.watch.reach]).toEqual([from, 'lan']);
  }
  for (const from of ['198.51.100.9', '2001:db8:1::9']) {
    const machine = await looked({ answer: 'silent' });
    machine.come(from);
    expect([from, machine.watch.reach]).toEqual([from, 'open']);
  }
});

const mapped: MappingView = { state: 'mapped', by: 'upnp', host: v4, port: 40_001 };

test('a port that the router forwards is dialled too, and the first one that is open counts', async () => {
  const machine = await looked({});
  expect(machine.ports).toEqual([9101]);
  machine.mapping = mapped;
  machine.watch.mapped();
  await machine.next();
  expect(machine.ports).toEqual([40_001, 9101]);
  expect(machine.watch.view()).toMatchObject({ reach: 'open', mapping: mapped });
  expect(machine.shut).toBe(0);
  machine.answer = 'silent';
  await machine.next();
  expect([machine.watch.reach, machine.shut]).toEqual(['behind', 1]);
});

test('it is soon looked whether a new mapping works, though not sooner than the tracker looks again', async () => {
  const machine = await looked({ answer: 'silent' });
  machine.mapping = mapped;
  machine.watch.mapped();
  expect(await machine.next()).toBe(31_000);
  machine.time.advance(60_000);
  machine.watch.mapped();
  expect(await machine.next()).toBeLessThanOrEqual(1_000);
});

test('a router whose address is not the one that is seen stands behind another: its port is not dialled there', async () => {
  for (const host of ['100.64.3.2', '192.168.0.2', '10.0.0.1', '198.51.100.77']) {
    const machine = await looked({ answer: 'silent', mapping: { ...mapped, host } });
    expect([host, machine.ports]).toEqual([host, [9101]]);
    expect(machine.watch.view().mapping).toEqual({ ...mapped, host, behindAnother: true });
  }
  // Seen from the same house, or by the other family, it tells nothing; nor does a router that has no address yet.
  for (const [seenAt, host] of [
    ['192.168.7.7', '198.51.100.77'],
    [v6, '198.51.100.77'],
    [v4, '0.0.0.0'],
    [v4, v4],
  ] as const) {
    const machine = await looked({ answer: 'silent', seenAt, mapping: { ...mapped, host } });
    expect([host, machine.watch.view().mapping]).toEqual([host, { ...mapped, host }]);
  }
});

test('what the tracker has found counts on for the doctor, although the router only then says that it forwards nothing', async () => {
  const machine = await looked({ answer: 'not_a_peer' });
  for (const state of ['asking', 'unanswered'] as const) {
    machine.mapping = { state };
    machine.watch.mapped();
  }
  // It would not look again so soon.
  machine.answer = 'rate_limited';
  const { checked } = await machine.watch.examine();
  expect([checked?.results[0]?.code, machine.asked.length]).toEqual(['not_a_peer', 1]);
  // Once the router forwards it, that it was shut before says nothing.
  machine.mapping = mapped;
  machine.watch.mapped();
  expect((await machine.watch.examine()).checked).toBeUndefined();
});

test('what was asked of the tracker counts, although the connection to it was lost before the answer came', async () => {
  const machine = new Machine();
  machine.answer = 'not_a_peer';
  machine.watch.tracker(true);
  // The look begins, and while it waits for its answer it is over.
  machine.time.advance(1_000);
  machine.watch.tracker(false);
  while (machine.watch.view().code === undefined) await new Promise(setImmediate);
  machine.answer = 'rate_limited';
  expect((await machine.watch.examine()).checked?.results[0]?.code).toBe('not_a_peer');
});
