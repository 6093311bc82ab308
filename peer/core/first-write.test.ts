import { expect, test } from '@jest/globals';
import { FirstWrite } from './first-write.js';

class Timers {
  readonly due: (() => void)[] = [];
  after = (_ms: number, work: () => void): (() => void) => {
    this.due.push(work);
    return () => void this.due.splice(this.due.indexOf(work), 1);
  };
}

function writer(gate: FirstWrite): { written: string[]; write(text: string): Promise<string> } {
  const written: string[] = [];
  return {
    written,
    write: (text) =>
      gate.pass(async () => {
        written.push(text);
        return text;
      }),
  };
}
const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

test('a new key waits for nobody', async () => {
  const timers = new Timers();
  const gate = new FirstWrite(timers, true);
  gate.start();
  const { written, write } = writer(gate);
  void write('at once');
  expect(written).toEqual(['at once']);
  expect(timers.due).toEqual([]);
});

test.each(['the word of the tracker', 'the end of the wait'])(
  'posts wait, and keep their order, until %s',
  async (by) => {
    const timers = new Timers();
    const gate = new FirstWrite(timers, false);
    gate.start();
    const { written, write } = writer(gate);
    const posts = ['one', 'two', 'three'].map(write);
    await turn();
    expect(written).toEqual([]);
    if (by === 'the word of the tracker') gate.free();
    else timers.due[0]?.();
    void write('four');
    expect(await Promise.all(posts)).toEqual(['one', 'two', 'three']);
    await turn();
    expect(written.slice(0, 3)).toEqual(['one', 'two', 'three']);
    expect(timers.due).toEqual([]);
  },
);

test('one that throws at once is refused, and holds up none of the others', async () => {
  const gate = new FirstWrite(new Timers(), false);
  gate.start();
  const { written, write } = writer(gate);
  const refused = gate.pass((): Promise<string> => {
    throw new Error('the disk is broken');
  });
  const after = write('after it');
  gate.free();
  await expect(refused).rejects.toThrow('the disk is broken');
  expect(await after).toBe('after it');
  expect(written).toEqual(['after it']);
});

test('after a stop nothing is written any more', async () => {
  const timers = new Timers();
  const gate = new FirstWrite(timers, false);
  gate.start();
  const { written, write } = writer(gate);
  void write('held');
  gate.stop();
  expect(timers.due).toEqual([]);
  await turn();
  expect(written).toEqual([]);
});
