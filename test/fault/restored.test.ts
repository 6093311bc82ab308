/** A data directory that was put back to a copy, or that runs twice: recognised, told, and nothing that was written is lost. */
import { cp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeEach, expect, test } from '@jest/globals';
import { RESTORING_MS, restoringUsers, type Restoring } from '../support/restoring.js';

let users: Restoring;
const current = restoringUsers('restored');
beforeEach(() => {
  users = current();
});

test(
  'put back to a copy that was made while it was stopped: it goes on under a new key before it writes',
  async () => {
    await users.writeBehindTheCopy('stopped');
    const before = users.device('bob');
    await users.restore();
    await users.start('bob');
    await users.post('bob', 'written at once');
    await users.post('alice', 'and answered');
    await users.agree();
    expect(users.device('bob')).not.toBe(before);
    expect(users.at('bob').noticeText('restored')).toMatch(/backup.*new device/);
    expect(users.at('alice').notices).not.toContain('forked');
  },
  RESTORING_MS,
);

test(
  'only the history was put back, with nobody to ask: seen from the file beside it',
  async () => {
    await users.writeBehindTheCopy('stopped');
    const before = users.device('bob');
    const bob = users.fleet.dataDir('bob');
    for (const file of ['history.db', 'history.db-wal', 'history.db-shm']) await rm(join(bob, file), { force: true });
    await cp(join(users.copyOfBob, 'history.db'), join(bob, 'history.db'));
    await users.start('bob');
    expect(users.at('bob').notices).toContain('restored');
    expect(users.device('bob')).not.toBe(before);
    await users.post('bob', 'written after that');
    await users.agree();
  },
  RESTORING_MS,
);

test(
  'put back with nobody to ask, and written to: that is written again under a new key, and what was lost comes back',
  async () => {
    await users.fork(3);
    const before = users.device('bob');
    await Promise.all([users.fleet.tracker.start(), users.start('alice')]);
    await users.expectWhole();
    expect(users.device('bob')).not.toBe(before);
    expect(users.at('bob').notices).toContain('restored');
  },
  RESTORING_MS,
);
