import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { username } from '../local/test-services.js';
import { openSettings } from '../settings/settings.js';
import { pinInvited, remember } from './remember.js';
import { localProfileIn } from './local-profile.js';
import { quiet } from './test-setup.js';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'parley-remember-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const CA = 'A'.repeat(43);
const alice = { username: username('Alice'), trackers: ['http://192.168.1.5:8001', 'http://10.0.0.7:8001'] };

describe('what is remembered', () => {
  test('is found by the next start', async () => {
    const settings = await openSettings(folder, quiet);
    remember(settings, { ...alice, trackerCa: 'PEM' });
    await settings.flush();
    expect(await localProfileIn(folder, quiet)).toEqual({ ...alice, trackerCa: 'PEM', ca: undefined, dataDir: folder });
  });

  test('is what the last start had', async () => {
    const settings = await openSettings(folder, quiet);
    remember(settings, { ...alice, trackerCa: 'PEM' });
    remember(settings, { ...alice, trackers: ['http://127.0.0.1:8001'] });
    await settings.flush();
    expect(await localProfileIn(folder, quiet)).toMatchObject({
      trackers: ['http://127.0.0.1:8001'],
      trackerCa: undefined,
    });
  });
});

describe('an invite', () => {
  test('has its CA pinned where none is yet, and changes nothing where it is the same', async () => {
    const settings = await openSettings(folder, quiet);
    pinInvited(settings, CA);
    pinInvited(settings, CA);
    expect(settings.data.pins.ca).toBe(CA);
  });

  test('to another tracker than the data belongs to is refused, and the pin stays', async () => {
    const settings = await openSettings(folder, quiet);
    remember(settings, alice);
    pinInvited(settings, CA);
    expect(() => pinInvited(settings, 'B'.repeat(43))).toThrow(/data of Alice.*another tracker.*--data-dir/);
    expect(settings.data.pins.ca).toBe(CA);
  });
});
