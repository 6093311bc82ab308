/** Which profile is started, by the flags and by what the data directories hold. */
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { formatInvite } from '../../protocol/invite.js';
import { TempDir } from '../../test/support/temp-dir.js';
import { chooseProfile, type ProfileFlags } from './profile-choice.js';

const ignore = (): void => undefined;
const quiet = { debug: ignore, info: ignore, warn: ignore, error: ignore };
const CA = 'A'.repeat(43);
const OTHER = 'B'.repeat(43);
const before = process.env['XDG_DATA_HOME'];
let homes: TempDir;
let count = 0;

beforeAll(() => {
  homes = new TempDir();
});
afterAll(async () => {
  if (before === undefined) delete process.env['XDG_DATA_HOME'];
  else process.env['XDG_DATA_HOME'] = before;
  await homes.remove();
});

/** A home of its own with these users' data, then the decision. */
async function choose(flags: ProfileFlags, profiles: Record<string, object> = {}) {
  const home = join(homes.path, String(count++));
  process.env['XDG_DATA_HOME'] = home;
  for (const [name, settings] of Object.entries(profiles)) {
    const folder = join(home, 'parley', 'peers', name);
    await mkdir(folder, { recursive: true });
    await writeFile(join(folder, 'settings.json'), JSON.stringify(settings));
  }
  return { home, found: await chooseProfile(flags, quiet) };
}

const alice = { username: 'Alice', trackers: ['http://192.168.1.5:8001'], pins: { ca: CA, users: {} } };
const bob = { username: 'bob', trackers: ['http://10.0.0.7:8001'], pins: { ca: OTHER, users: {} } };
const invite = formatInvite({ trackers: ['http://172.16.0.9:8001'], ca: CA });

// The platform's own data directory is told by a variable on Linux alone.
const onLinux = process.platform === 'linux' ? describe : describe.skip;
onLinux('whose peer is started', () => {
  test('is asked in the browser where nobody has data, and it is kept under the name that is given there', async () => {
    const { home, found } = await choose({});
    expect(found).toMatchObject({ address: undefined });
    if ('username' in found) throw new Error('somebody is known');
    expect(found.dataDirOf('Carol' as never)).toBe(join(home, 'parley', 'peers', 'carol'));
  });

  test('is that of the one user whose data is there', async () => {
    const { home, found } = await choose({}, { alice });
    const dataDir = join(home, 'parley', 'peers', 'alice');
    expect(found).toEqual({ username: 'Alice', trackers: alice.trackers, trackerCa: undefined, dataDir });
  });

  test('is not that of a set-up which never came to its end', async () => {
    expect((await choose({}, { mallory: {}, alice })).found).toMatchObject({ username: 'Alice' });
    expect((await choose({}, { mallory: {} })).found).not.toHaveProperty('username');
  });

  test('is not hindered by data of others that cannot be read, which is named where nobody else is there', async () => {
    const broken = { trackers: 'not a list' };
    expect((await choose({}, { alice, mallory: broken })).found).toMatchObject({ username: 'Alice' });
    await expect(choose({}, { alice, bob, mallory: broken })).rejects.toThrow(/Alice, bob\. Say whose peer/);
    await expect(choose({}, { mallory: broken })).rejects.toThrow(/mallory.settings\.json: trackers .*Correct it/);
    await expect(choose({ username: 'mallory' }, { alice, mallory: broken })).rejects.toThrow(
      /settings\.json: trackers/,
    );
  });

  test('has to be said where there are several', async () => {
    await expect(choose({}, { alice, bob })).rejects.toThrow(/Alice, bob\. Say whose peer.*--username Alice/);
    expect((await choose({ username: 'BOB' }, { alice, bob })).found).toMatchObject({
      ...{ username: 'BOB', trackers: bob.trackers },
    });
  });

  test('follows the flags where they say more', async () => {
    const tracker = ['http://127.0.0.1:9000'];
    expect((await choose({ tracker }, { alice })).found).toMatchObject({ username: 'Alice', trackers: tracker });
    expect((await choose({ tracker })).found).toMatchObject({ address: 'http://127.0.0.1:9000' });
    const { found } = await choose({ username: 'dave' }, { alice });
    expect(found).toMatchObject({ username: 'dave', trackers: alice.trackers });
  });

  test('of a new name is of the tracker that all others here have, with its CA, unless something else is said', async () => {
    const carol = { username: 'carol' };
    const { found } = await choose(carol, { alice });
    expect(found).toMatchObject({ ...carol, trackers: alice.trackers, invitedCa: CA });
    const elsewhere = await choose({ ...carol, tracker: ['http://10.9.9.9:8001'] }, { alice });
    expect(elsewhere.found).toMatchObject({ trackers: ['http://10.9.9.9:8001'] });
    expect(elsewhere.found).not.toHaveProperty('invitedCa');
    expect((await choose(carol, { alice, bob })).found).toMatchObject({ trackers: ['http://127.0.0.1:8001'] });
    expect((await choose(carol)).found).toMatchObject({ trackers: ['http://127.0.0.1:8001'] });
  });

  test('with an invite is that of its tracker, or a new one', async () => {
    expect((await choose({ invite }, { alice, bob })).found).toMatchObject({
      ...{ username: 'Alice', trackers: ['http://172.16.0.9:8001'], invitedCa: CA },
    });
    expect((await choose({ invite }, { bob })).found).toMatchObject({ address: invite });
    await expect(choose({ invite: invite.slice(0, -3) })).rejects.toThrow(/not a whole invite/);
  });

  test('in a directory that is named is of whoever lives there', async () => {
    const { home } = await choose({}, { alice });
    const dataDir = join(home, 'parley', 'peers', 'alice');
    expect((await choose({ 'data-dir': dataDir }, { bob })).found).toMatchObject({ username: 'Alice', dataDir });
    const { found } = await choose({ 'data-dir': join(home, 'new') }, { bob });
    if ('username' in found) throw new Error('somebody is known');
    expect(found.dataDirOf('Carol' as never)).toBe(join(home, 'new'));
  });
});
