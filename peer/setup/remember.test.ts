import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { username } from '../local/test-services.js';
import type { Document } from '../settings/document.js';
import { openSettings, type Settings } from '../settings/settings.js';
import { pinInvited, remember } from './remember.js';
import { localProfileIn } from './local-profile.js';
import { quiet } from './test-setup.js';

let folder: string;
let settings: Document<Settings>;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'parley-remember-'));
  settings = await openSettings(folder, quiet);
});
afterEach(async () => {
  // Changes are written behind: none may be on its way into a folder that is being removed.
  await settings.flush();
  await rm(folder, { recursive: true, force: true });
});

const CA = 'A'.repeat(43);
const alice = { username: username('Alice'), trackers: ['http://192.168.1.5:8001', 'http://10.0.0.7:8001'] };

describe('what is remembered', () => {
  test('is found by the next start', async () => {
    remember(settings, { ...alice, trackerCa: 'PEM' });
    await settings.flush();
    expect(await localProfileIn(folder, quiet)).toEqual({ ...alice, trackerCa: 'PEM', ca: undefined, dataDir: folder });
  });

  test('is what the last start had', async () => {
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
  test('has its CA pinned where none is yet, and changes nothing where it is the same', () => {
    pinInvited(settings, CA);
    pinInvited(settings, CA);
    expect(settings.data.pins.ca).toBe(CA);
  });

  test('to another tracker than the data belongs to is refused, and the pin stays', () => {
    remember(settings, alice);
    pinInvited(settings, CA);
    expect(() => pinInvited(settings, 'B'.repeat(43))).toThrow(/data of Alice.*another tracker.*--data-dir/);
    expect(settings.data.pins.ca).toBe(CA);
  });
});
