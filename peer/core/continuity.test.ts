/** When a run may begin to write: who has to have said that nothing of its log is missing here. */
import { expect, test } from '@jest/globals';
import type { DeviceId } from '../../protocol/ids.js';
import { Continuity } from './continuity.js';

const quiet = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} };

function run({ wasCut = false, newKey = false }) {
  const waits: (() => void)[] = [];
  const asked = { retirements: 0, ends: 0 };
  const continuity = new Continuity({
    lineage: { marks: [], epoch: undefined, wasCut, advance: () => Promise.resolve() },
    device: 'A'.repeat(22) as DeviceId,
    retired: new Set(),
    store: {
      noteFork: () => {},
      rewrites: { waiting: () => [], became: () => undefined, done: () => {}, healed: () => undefined },
    },
    newKey,
    retire: () => Promise.resolve(void asked.retirements++),
    notices: { raise: () => {} },
    log: quiet,
    over: () => void asked.ends++,
    after: (_ms, work) => {
      waits.push(work);
      return () => void waits.splice(waits.indexOf(work), 1);
    },
  });
  continuity.start();
  const written: string[] = [];
  void continuity.firstWrite.pass(() => Promise.resolve(void written.push('the first')));
  return { continuity, written, waits, asked };
}

test('after a stop the word of the tracker is enough', () => {
  const { continuity, written } = run({});
  continuity.linkTold();
  expect(written).toEqual([]);
  continuity.forTracker.lineage('continues');
  expect(written).toEqual(['the first']);
});

test.each([
  ['the tracker first', ['tracker', 'link']],
  ['the link first', ['link', 'tracker']],
] as const)('after a cut it is that of the tracker and of one link: %s', (_order, [first, second]) => {
  const { continuity, written } = run({ wasCut: true });
  const say = { tracker: () => continuity.forTracker.lineage('continues'), link: () => continuity.linkTold() };
  say[first]();
  expect(written).toEqual([]);
  say[second]();
  expect(written).toEqual(['the first']);
});

test('with no link to ask, the wait after a cut has an end', () => {
  const { continuity, written, waits } = run({ wasCut: true });
  continuity.forTracker.lineage('continues');
  expect(waits).toHaveLength(1);
  waits[0]?.();
  expect(written).toEqual(['the first']);
});

test('a key that is new waits for nobody, whatever was before', () => {
  expect(run({ wasCut: true, newKey: true }).written).toEqual(['the first']);
});

test('a key that is new is nobody’s copy at the first word of the tracker, but a copy of it may have been started since', () => {
  const { continuity, asked } = run({ newKey: true });
  continuity.forTracker.lineage('diverged');
  expect(asked.retirements).toBe(0);
  continuity.forTracker.lineage('continues');
  continuity.forTracker.lineage('diverged');
  expect(asked.retirements).toBe(1);
});

test('a copy writes nothing, and ends once its key is put away', async () => {
  const { continuity, written, waits, asked } = run({ wasCut: true });
  continuity.forTracker.lineage('diverged');
  continuity.linkTold();
  continuity.forTracker.lineage('continues');
  await new Promise((resolve) => setImmediate(resolve));
  expect({ written, waits, ...asked }).toEqual({ written: [], waits: [], retirements: 1, ends: 1 });
});
