import { describe, expect, test } from '@jest/globals';
import type { ConversationId, DeviceId, EntryId } from '../../protocol/ids.js';
import type { PruneCursor, PruneStep, PruneTarget } from '../store/pruning.js';
import { Retention, type RetentionParts } from './retention.js';

const DAY_MS = 24 * 3600_000;
const NOW = Date.UTC(2026, 10, 30);
const general = '#general' as ConversationId;
const tech = '#tech' as ConversationId;

/** A store in which each conversation takes so many steps, and a clock that is moved by hand. */
function setUp(more: Partial<RetentionParts> = {}) {
  const asked: (PruneTarget & { cursor: PruneCursor | undefined })[] = [];
  const told: string[][] = [];
  const came: number[] = [];
  let timer: { run: () => void; ms: number } | undefined;
  const waited: number[] = [];
  const retention = new Retention({
    device: 'self' as DeviceId,
    pruning: {
      came: (now) => void came.push(now),
      arrivedBy: (time) => time / DAY_MS,
      step: (target, cursor): PruneStep => {
        asked.push({ ...target, cursor });
        const next: PruneCursor | undefined = cursor ? undefined : { edits: true, after: [0, 0, 0] };
        return { next, pruned: 1, files: ['file' as EntryId] };
      },
    },
    conversations: () => [general, tech],
    days: (id) => (id === general ? 30 : 0),
    heldByAll: () => 7,
    now: () => NOW,
    latest: () => NOW + 5,
    timers: {
      setTimeout: (run, ms) => (timer = { run, ms }),
      clearTimeout: () => (timer = undefined),
    },
    stepped: (files) => void told.push([...files]),
    forgot: (ids) => void told.push(['over', ...ids]),
    failed: (error) => void told.push([String(error)]),
    ...more,
  });
  const fire = (): void => {
    const due = timer;
    timer = undefined;
    if (due) waited.push(due.ms);
    due?.run();
  };
  return { retention, asked, told, came, fire, waited, waiting: () => timer?.ms };
}

describe('forgetting', () => {
  test('goes through each conversation that forgets, step by step, and then rests for an hour', () => {
    const { retention, asked, told, came, fire, waited, waiting } = setUp();
    retention.start();
    fire();
    expect(asked).toEqual([
      {
        ...{ conversation: general, before: NOW - 30 * DAY_MS, arrivedBy: NOW / DAY_MS - 30, self: 'self', ownUpTo: 7 },
        cursor: undefined,
      },
    ]);
    fire();
    expect(asked).toHaveLength(2);
    expect(told).toEqual([['file'], ['file'], ['over', general]]);
    expect([waited, waiting()]).toEqual([[30_000, 30], 3600_000]);
    // By a clock that is behind, all would be old once it is set right.
    expect(came).toEqual([NOW + 5]);
  });

  test('takes no clock for granted', () => {
    const { retention, asked, came, fire } = setUp({ now: () => undefined });
    retention.start();
    fire();
    fire();
    expect([asked, came]).toEqual([[], []]);
  });

  test('leaves alone of what nobody can say that others have it', () => {
    const { retention, asked, fire } = setUp({ heldByAll: (id) => (id === tech ? 3 : undefined), days: () => 7 });
    retention.start();
    for (let i = 0; i < 5; i++) fire();
    expect(new Set(asked.map(({ conversation }) => conversation))).toEqual(new Set([tech]));
  });

  test('begins anew where the user has chosen anew, and tells what it did before', () => {
    let days = 30;
    const { retention, asked, told, fire } = setUp({ days: (id) => (id === general ? days : 0) });
    retention.start();
    fire();
    days = 0;
    retention.chosen();
    expect(told.at(-1)).toEqual(['over', general]);
    fire();
    expect(asked).toHaveLength(1);
  });

  test('an error ends a walk, and not what comes an hour later', () => {
    let isFull = true;
    const step = (): PruneStep => {
      if (isFull) throw new Error('full');
      return { next: undefined, pruned: 0, files: [] };
    };
    const { retention, told, fire, waiting } = setUp({ pruning: { came: () => undefined, arrivedBy: () => 1, step } });
    retention.start();
    fire();
    expect([told, waiting()]).toEqual([[['Error: full']], 3600_000]);
    isFull = false;
    fire();
    expect([told, waiting()]).toEqual([[['Error: full']], 3600_000]);
  });

  test('does nothing any more once it is closed', () => {
    const { retention, asked, waiting, fire } = setUp();
    retention.start();
    retention.close();
    fire();
    retention.chosen();
    expect([asked, waiting()]).toEqual([[], undefined]);
  });
});
