import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { cp, mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { TempDir } from '../../test/support/temp-dir.js';
import { Lineage, type MarkShelf } from './lineage.js';

type Mark = ReturnType<MarkShelf['get']>;

class Shelf implements MarkShelf {
  fails = false;
  constructor(public kept?: Mark) {}
  get(): Mark {
    return this.kept;
  }
  async set(mark: NonNullable<Mark>): Promise<void> {
    if (this.fails) throw new Error('ENOSPC');
    this.kept = mark;
  }
}

let root: TempDir;
beforeAll(() => {
  root = new TempDir();
});
afterAll(() => root.remove());

const fresh = (): Promise<string> => root.sub('peer');

describe('the lineage of a device', () => {
  test('grows by one mark a start or stop, and follows from any of those before', async () => {
    const [directory, shelf] = [await fresh(), new Shelf()];
    const seen: string[] = [];
    for (let i = 0; i < 40; i++) {
      const lineage = await Lineage.open(directory, shelf);
      expect(lineage.isWhole).toBe(true);
      await lineage.advance('start');
      expect(lineage.marks[0]).toMatch(/^[\w-]{16}$/);
      expect(lineage.marks).toEqual([lineage.marks[0], ...seen].slice(0, 32));
      seen.unshift(lineage.marks[0] ?? '');
    }
    expect(new Set(seen).size).toBe(40);
  });

  test.each([1, 2, 3])('shows a history that was put back, by %i marks', async (steps) => {
    const [directory, shelf] = [await fresh(), new Shelf()];
    await (await Lineage.open(directory, shelf)).advance('start');
    const backup = new Shelf(shelf.kept);
    for (let i = 0; i < steps; i++) await (await Lineage.open(directory, shelf)).advance('start');
    expect((await Lineage.open(directory, backup)).isWhole).toBe(false);
    expect((await Lineage.open(directory, new Shelf())).isWhole).toBe(false);
    expect((await Lineage.open(directory, shelf)).isWhole).toBe(true);
  });

  test('begins another epoch with each start after a run that was cut, and keeps it over starts in order', async () => {
    const [directory, shelf] = [await fresh(), new Shelf()];
    const epochs: (string | undefined)[] = [];
    for (const cut of [false, true, true, false, false]) {
      const lineage = await Lineage.open(directory, shelf);
      await lineage.advance('start');
      if (!cut) await lineage.advance('stop');
      epochs.push(lineage.epoch);
    }
    const [first, second, third, fourth, fifth] = epochs;
    // The second run was cut, which the start after it can tell; and so was the third.
    expect([first, second]).toEqual([undefined, undefined]);
    expect([third, fourth]).toEqual([expect.stringMatching(/^[\w-]{16}$/), expect.stringMatching(/^[\w-]{16}$/)]);
    expect(fourth).not.toBe(third);
    expect(fifth).toBe(fourth);
  });

  test('survives a death between the history and the file', async () => {
    const [directory, shelf] = [await fresh(), new Shelf()];
    await (await Lineage.open(directory, shelf)).advance('start');
    const before = `${directory}.before`;
    await cp(directory, before, { recursive: true });
    await (await Lineage.open(directory, shelf)).advance('start');
    const ahead = shelf.kept?.mark;
    const again = await Lineage.open(before, shelf);
    expect(again.isWhole).toBe(true);
    await again.advance('start');
    // The tracker may have heard of the one that the file had not.
    expect(again.marks[1]).toBe(ahead);
    expect(again.marks).toHaveLength(3);
  });

  test('is not moved on by a disk that refuses', async () => {
    const [directory, shelf] = [await fresh(), new Shelf()];
    const lineage = await Lineage.open(directory, shelf);
    await lineage.advance('start');
    const { marks } = lineage;
    shelf.fails = true;
    await expect(lineage.advance('start')).rejects.toThrow('ENOSPC');
    expect(lineage.marks).toEqual(marks);
    expect((await Lineage.open(directory, shelf)).isWhole).toBe(true);
  });

  test('stays whole where the history could be marked, and the file beside it could not, at a start and at a stop', async () => {
    const [directory, shelf] = [await fresh(), new Shelf()];
    await (await Lineage.open(directory, shelf)).advance('start');
    const before = `${directory}.before`;
    await cp(directory, before, { recursive: true });
    const lineage = await Lineage.open(directory, shelf);
    const { marks, epoch } = lineage;
    await rm(directory, { recursive: true });
    for (const to of ['start', 'stop'] as const) await expect(lineage.advance(to)).rejects.toThrow('ENOENT');
    // What the tracker is told.
    expect([lineage.marks, lineage.epoch]).toEqual([marks, epoch]);
    const again = await Lineage.open(before, shelf);
    expect(again.isWhole).toBe(true);
    await again.advance('start');
    expect((await Lineage.open(before, shelf)).isWhole).toBe(true);
  });

  test('stays whole where the file was written although that was reported as failed, and then could not be', async () => {
    const [directory, shelf] = [await fresh(), new Shelf()];
    await (await Lineage.open(directory, shelf)).advance('start');
    const lineage = await Lineage.open(directory, shelf);
    // As this one would have done, before its folder could not be flushed.
    await (await Lineage.open(directory, shelf)).advance('start');
    await mkdir(join(directory, 'lineage.json.new'));
    await expect(lineage.advance('stop')).rejects.toThrow('EISDIR');
    expect((await Lineage.open(directory, shelf)).isWhole).toBe(true);
  });

  test.each(['', '{', '[]', 'null', '{"marks":7}', '{"marks":[7,"x",null]}'])('reads nothing from %j', async (text) => {
    const directory = await fresh();
    await writeFile(join(directory, 'lineage.json'), text);
    const lineage = await Lineage.open(directory, new Shelf());
    expect(lineage.marks).toEqual([]);
    await lineage.advance('start');
    expect(lineage.marks).toHaveLength(1);
  });
});
