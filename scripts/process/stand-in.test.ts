import { afterEach, expect, test } from '@jest/globals';
import { StandIn } from './stand-in.js';

let standIn: StandIn;
afterEach(() => standIn.done());

test('a start that fails is tried again, and one that ends before anybody has connected too', async () => {
  const starts: string[] = [];
  await new Promise<void>((connected) => {
    standIn = new StandIn({
      afterMs: 1,
      runs: async () => false,
      start: async () => {
        starts.push('start');
        if (starts.length <= 2) throw new Error('in use');
        // The third one ends at once: nobody has connected.
        if (starts.length > 3) connected();
      },
    });
    standIn.down();
  });
  expect(starts.length).toBe(4);
});

test('none is started where one is there, or once none is wanted any more', async () => {
  const seen: string[] = [];
  await new Promise<void>((looked) => {
    standIn = new StandIn({
      afterMs: 1,
      runs: async () => {
        seen.push('look');
        if (seen.length <= 2) return true;
        standIn.done();
        setImmediate(looked);
        return false;
      },
      start: async () => void seen.push('start'),
    });
    standIn.down();
  });
  expect(seen).toEqual(['look', 'look', 'look']);
});
