import { existsSync } from 'node:fs';
import { readFile, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { formatInvite } from '../../protocol/invite.js';
import type { SessionView } from '../../protocol/local-api.js';
import { localProfileIn, localProfilesUnder } from './local-profile.js';
import { PASSWORD, quiet, StandInTracker, TestSetup } from './test-setup.js';

let tracker: StandInTracker;
let setup: TestSetup;
beforeEach(async () => {
  tracker = await StandInTracker.start();
  setup = await TestSetup.start();
});
afterEach(async () => {
  await setup.stop();
  await tracker.close();
});

const wanted = (more: object = {}) => ({
  ...{ address: tracker.url, ca: tracker.fingerprint, username: 'Alice', password: PASSWORD, register: true },
  ...more,
});
const invite = (ca = tracker.fingerprint): string => formatInvite({ trackers: [tracker.url], ca });
const failure = async (response: Response) => {
  const { code, message } = (await response.json()) as { code: string; message: string };
  return { http: response.status, code, message };
};

describe('what was typed or pasted is looked at before anything is asked', () => {
  test('an address leads to its tracker, and to the key that will be pinned', async () => {
    const cookie = await setup.enter();
    const response = await setup.post('/api/setup/check', { address: ` ${tracker.url}/login.html ` }, { cookie });
    const { tracker: url, fingerprint: ca } = { tracker: tracker.url, fingerprint: tracker.fingerprint };
    expect(await response.json()).toEqual({ status: 'success', tracker: url, ca, invited: false, local: true });
    expect(url).toBe(tracker.url);
  });

  test('so does an invite', async () => {
    const cookie = await setup.enter();
    const response = await setup.post('/api/setup/check', { address: invite() }, { cookie });
    expect(await response.json()).toMatchObject({ tracker: tracker.url, ca: tracker.fingerprint, invited: true });
  });

  test('an invite to another tracker than the one that answers is refused', async () => {
    const cookie = await setup.enter();
    const address = invite('X'.repeat(43));
    const refused = await failure(await setup.post('/api/setup/check', { address }, { cookie }));
    expect(refused).toMatchObject({ http: 401, code: 'certificate_unknown' });
    expect(refused.message).toMatch(/not the tracker of this invite.*Ask whoever invited you/);
    expect(await failure(await setup.post('/api/setup', wanted({ address }), { cookie }))).toMatchObject({
      code: 'certificate_unknown',
    });
    expect(tracker.calls.filter((path) => path !== '/ca')).toEqual([]);
  });

  test.each([
    ['0246-8ace-gjmp-rtwy', 'bad_request', /only the code of an invite.*whole invite link/],
    ['nonsense here', 'bad_request', /neither the address of a tracker nor an invite/],
    ['http://127.0.0.1:8001/join#1.cut', 'bad_request', /not whole/],
    ['http://127.0.0.1:1', 'tracker_unreachable', /No tracker runs at/],
    ['http://no-such-host.invalid', 'tracker_unreachable', /cannot be found/],
  ])('%s is answered with %s and the next step', async (address, code, message) => {
    const cookie = await setup.enter();
    const refused = await failure(await setup.post('/api/setup/check', { address }, { cookie }));
    expect(refused).toMatchObject({ code, message: expect.stringMatching(message) });
  });

  test.each([
    ['a page', '<html>hello</html>'],
    ['nothing', ''],
    ['a certificate that is no authority', 'leaf'],
    ['what does not end', 'x'.repeat(9 * 1024 * 1024)],
  ])('where %s answers there is no tracker', async (_what, body) => {
    const text = body === 'leaf' ? tracker.leaf : body;
    tracker.instead = (response) => void response.end(text);
    const cookie = await setup.enter();
    const refused = await failure(await setup.post('/api/setup/check', { address: tracker.url }, { cookie }));
    expect(refused).toMatchObject({
      ...{ http: 503, code: 'tracker_unreachable' },
      message: expect.stringMatching(/is not a tracker.*Check the address/),
    });
  });
});

describe('a set-up', () => {
  test('makes the account, writes down whose peer it is, and signs the browser in', async () => {
    const cookie = await setup.enter();
    const response = await setup.post('/api/setup', wanted(), { cookie });
    expect(response.status).toBe(200);
    const settled = await setup.setup.done;
    expect(settled).toMatchObject({ username: 'Alice', trackers: [tracker.url], dataDir: join(setup.folder, 'alice') });
    const secrets = JSON.parse(await readFile(join(settled.dataDir, 'secrets.json'), 'utf8')) as {
      trackerToken: string;
      passwordHash: string;
      uiSessions: object[];
    };
    expect(secrets).toMatchObject({ trackerToken: 'token-of-alice-0123456789', uiSessions: [expect.anything()] });
    expect(secrets.passwordHash).toMatch(/^\$argon2id\$/);
    expect((await stat(settled.dataDir)).mode & 0o777).toBe(0o700);
    const [fresh = ''] = response.headers.getSetCookie();
    expect(fresh).toMatch(new RegExp(`^parley_${setup.setup.port}=[A-Za-z0-9_-]{43}; .*HttpOnly; SameSite=Strict$`));
    expect(JSON.stringify(secrets)).not.toContain(fresh.split(/[=;]/)[1]);
    expect(await localProfileIn(settled.dataDir, quiet)).toMatchObject({
      ...{ username: 'Alice', trackers: [tracker.url], ca: tracker.fingerprint },
    });
  });

  test('proposes what to call this device to whoever came by the link, and writes down what was chosen', async () => {
    const named = await TestSetup.start({ deviceName: 'lena-thinkpad' });
    const device = async (cookie?: string) =>
      ((await (await named.get('/api/session', { ...(cookie && { cookie }) })).json()) as SessionView).setup?.device;
    const cookie = await named.enter();
    expect([await device(), await device(cookie)]).toEqual([undefined, 'lena-thinkpad']);
    expect((await named.post('/api/setup', wanted({ device: 'x'.repeat(65) }), { cookie })).status).toBe(400);
    const done = await named.post('/api/setup', wanted({ device: "  Lena's\u202e laptop " }), { cookie });
    expect(done.status).toBe(200);
    const settings = await readFile(join((await named.setup.done).dataDir, 'settings.json'), 'utf8');
    expect((JSON.parse(settings) as { deviceName?: string }).deviceName).toBe("Lena's laptop");
    await named.stop();
  });

  test('signs in to an account that there is', async () => {
    tracker.accounts.set('alice', PASSWORD);
    const cookie = await setup.enter();
    expect((await setup.post('/api/setup', wanted({ register: false }), { cookie })).status).toBe(200);
    expect(tracker.calls).not.toContain('/register');
  });

  test('does not sign in to an account that was to be made anew, also with its password; then to sign in goes on', async () => {
    tracker.accounts.set('alice', PASSWORD);
    const cookie = await setup.enter();
    expect(await failure(await setup.post('/api/setup', wanted(), { cookie }))).toMatchObject({ code: 'name_taken' });
    expect((await setup.post('/api/setup', wanted({ register: false }), { cookie })).status).toBe(200);
  });

  test.each([
    [{ register: false }, 'invalid_credentials'],
    [{ password: 'another horse' }, 'name_taken'],
    [{ username: 'not a name' }, 'bad_name'],
    [{ username: '../../etc' }, 'bad_name'],
    [{ ca: 'X'.repeat(43) }, 'certificate_unknown'],
  ])('with %j fails with %s and leaves nothing behind', async (more, code) => {
    if (code === 'name_taken') tracker.accounts.set('alice', PASSWORD);
    const cookie = await setup.enter();
    expect(await failure(await setup.post('/api/setup', wanted(more), { cookie }))).toMatchObject({ code });
    expect(existsSync(join(setup.folder, 'alice'))).toBe(false);
    expect(await localProfilesUnder(setup.folder, quiet)).toEqual([]);
  });

  test('does not touch the data of a user of another tracker', async () => {
    const cookie = await setup.enter();
    await setup.post('/api/setup', wanted(), { cookie });
    await setup.setup.close();
    const other = await StandInTracker.start();
    const again = await TestSetup.start({}, setup);
    const body = wanted({ address: other.url, ca: other.fingerprint });
    const refused = await failure(await again.post('/api/setup', body, { cookie: await again.enter() }));
    expect(refused).toMatchObject({ code: 'certificate_unknown' });
    expect(refused.message).toMatch(/data of Alice on this machine belongs to another tracker.*--data-dir/);
    expect(other.accounts.size).toBe(0);
    await again.setup.close();
    await other.close();
  });

  test.each([
    ['in this daemon', false],
    ['in the next one', true],
  ])('whose answer was lost, though the account was made, goes on with the same password %s', async (_, restarted) => {
    tracker.onRegistered = (response) => void response.destroy();
    const first = await setup.enter();
    const lost = await failure(await setup.post('/api/setup', wanted(), { cookie: first }));
    expect(lost).toMatchObject({ code: 'tracker_unreachable' });
    expect(tracker.accounts.get('alice')).toBe(PASSWORD);
    expect(await localProfilesUnder(setup.folder, quiet)).toEqual([]);
    tracker.onRegistered = undefined;
    if (restarted) await setup.setup.close();
    const again = restarted ? await TestSetup.start({}, setup) : setup;
    const cookie = restarted ? await again.enter() : first;
    // Of somebody else who has the name, nothing is learnt by it.
    const other = await failure(await again.post('/api/setup', wanted({ password: 'another horse' }), { cookie }));
    expect(other).toMatchObject({ code: 'name_taken' });
    expect((await again.post('/api/setup', wanted(), { cookie })).status).toBe(200);
    expect(existsSync(join(setup.folder, 'alice', 'account-asked'))).toBe(false);
    await again.setup.close();
  });

  test('that was killed before its last write counts for nothing, and can be done again', async () => {
    const cookie = await setup.enter();
    await setup.post('/api/setup', wanted(), { cookie });
    const { dataDir } = await setup.setup.done;
    // What a crash between the two files leaves.
    await rm(join(dataDir, 'settings.json'));
    await setup.setup.close();
    expect(await localProfilesUnder(setup.folder, quiet)).toEqual([]);
    const again = await TestSetup.start({}, setup);
    const cookieAgain = await again.enter();
    expect((await again.post('/api/setup', wanted(), { cookie: cookieAgain })).status).toBe(200);
    expect(await localProfilesUnder(setup.folder, quiet)).toMatchObject([{ username: 'Alice' }]);
    await again.setup.close();
  });
});

test('a port that the peer will need is missed before anybody has typed a word', async () => {
  const port = Number(new URL(tracker.url).port);
  await expect(TestSetup.start({ p2p: { host: '127.0.0.1', port } })).rejects.toMatchObject({
    code: 'EADDRINUSE',
    port,
  });
});
