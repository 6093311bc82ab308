/** Alice and bob, and bob's data directory, which is copied and put back to the copy. */
import { cp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, expect } from '@jest/globals';
import { Fleet } from '../../scripts/fault/fleet.js';
import { Conversing } from './conversing.js';
import { projectRoot } from './project.js';
import { TempDir } from './temp-dir.js';

const PROGRAM = join(projectRoot, 'dist/scripts/daemon/entry.js');

export class Restoring extends Conversing {
  /** Two who have written to each other, in an empty folder. */
  static async begin(folder: string): Promise<Restoring> {
    const users = new Restoring(new Fleet(folder, PROGRAM));
    await users.fleet.tracker.start();
    await Promise.all(['alice', 'bob'].map((name) => users.add(name)));
    for (let i = 1; i <= 2; i++) for (const name of ['alice', 'bob']) await users.post(name, `${name} ${i}`);
    await users.agree();
    return users;
  }

  get copyOfBob(): string {
    return `${this.fleet.dataDir('bob')}.copy`;
  }

  copy(): Promise<void> {
    return cp(this.fleet.dataDir('bob'), this.copyOfBob, { recursive: true });
  }

  async restore(): Promise<void> {
    await rm(this.fleet.dataDir('bob'), { recursive: true });
    await cp(this.copyOfBob, this.fleet.dataDir('bob'), { recursive: true });
  }

  /** Two messages that a copy of bob's directory, made before them, does not hold. */
  async writeBehindTheCopy(how: 'stopped' | 'running'): Promise<void> {
    if (how === 'stopped') await this.stop('bob');
    await this.copy();
    if (how === 'stopped') await this.start('bob');
    for (const text of ['lost one', 'lost two']) await this.post('bob', text);
    await this.agree();
    await this.stop('bob');
  }

  /** Put back with nobody to ask, so that bob writes under the old key, in places that alice has taken. */
  async fork(count: number): Promise<void> {
    await this.writeBehindTheCopy('running');
    await Promise.all([this.stop('alice'), this.fleet.tracker.stop(), this.restore()]);
    await this.start('bob');
    // With what is said of one's own words.
    const first = await this.post('bob', 'fork 1');
    await this.post('bob', 'fork 2', { replyTo: first });
    for (let i = 3; i <= count; i++) await this.post('bob', `fork ${i}`);
    const reaction = { target: first, emoji: '👍', on: true };
    expect(await this.at('bob').command('message.react', reaction)).toMatchObject({ ok: true });
  }

  /** What `fork` wrote is there once, and so is what was lost by it; and they go on. */
  async expectWhole(): Promise<void> {
    await this.agree();
    for (const name of ['alice', 'bob']) {
      const entries = await this.once(name, (all) => all.some(({ reactions }) => reactions !== undefined));
      const first = entries.find(({ message }) => message === 'fork 1');
      const second = entries.find(({ message }) => message === 'fork 2');
      expect(second?.reply?.id).toBe(first?.id);
      expect(first?.reactions).toEqual([{ emoji: '👍', users: ['bob'] }]);
    }
    await this.post('bob', 'and on');
    await this.post('alice', 'and answered');
    await this.agree();
  }
}

/** For slow machines that have other work. */
export const RESTORING_MS = 300_000;

/** Registers hooks that give each test two such users. @param logs their folder @returns the users of the test that runs */
export function restoringUsers(logs: string): () => Restoring {
  let folder: TempDir;
  let users: Restoring;
  let run = 0;
  beforeAll(() => {
    folder = new TempDir();
  });
  afterAll(() => folder.remove());
  beforeEach(async () => {
    users = await Restoring.begin(join(folder.path, String(++run)));
  }, RESTORING_MS);
  afterEach(() => users.close(join(projectRoot, 'dist/test-logs', logs)), RESTORING_MS);
  return () => users;
}
