import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { TempDir } from '../../test/support/temp-dir.js';
import { username } from '../local/test-services.js';
import type { Document } from '../settings/document.js';
import { openSettings, type Settings } from '../settings/settings.js';
import { pinInvited, remember } from './remember.js';
import { localProfileIn } from './local-profile.js';
import { quiet } from './test-setup.js';

let folder: TempDir;
let settings: Document<Settings>;
beforeEach(async () => {
  folder = new TempDir();
  settings = folder.closing(await openSettings(folder.path, quiet), (opened) => opened.flush());
});
afterEach(() => folder.remove());

const CA = 'A'.repeat(43);
const alice = { username: username('Alice'), trackers: ['http://192.168.1.5:8001', 'http://10.0.0.7:8001'] };

describe('what is remembered', () => {
  test('is found by the next start', async () => {
    remember(settings, { ...alice, trackerCa: 'PEM' });
    await settings.flush();
    expect(await localProfileIn(folder.path, quiet)).toEqual({
      ...alice,
      trackerCa: 'PEM',
      ca: undefined,
      dataDir: folder.path,
    });
  });

  test('is what the last start had', async () => {
    remember(settings, { ...alice, trackerCa: 'PEM' });
    remember(settings, { ...alice, trackers: ['http://127.0.0.1:8001'] });
    await settings.flush();
    expect(await localProfileIn(folder.path, quiet)).toMatchObject({
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
