/** kill -9 between two steps of what a person does once: make an account, use an invite or a link, disable somebody. Real processes. */
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from '@jest/globals';
import type { TrackerReady } from '../../scripts/daemon/daemon.js';
import { Restartable } from '../../scripts/daemon/restartable.js';
import { FreshPeer } from '../support/fresh-peer.js';
import { HeldAnswers } from '../support/held-answers.js';
import { projectRoot } from '../support/project.js';
import { SlowWrite } from '../support/slow-write.js';
import { TempDir } from '../support/temp-dir.js';

const PROGRAM = join(projectRoot, 'dist/scripts/daemon/entry.js');
const PASSWORD = 'correct horse battery';
const ANOTHER = 'another good horse';
const lasting = 120_000;

let folder: TempDir;
let tracker: Restartable<TrackerReady>;
let way: HeldAnswers;
let count = 0;
beforeAll(() => {
  folder = new TempDir();
});
afterAll(() => folder.remove());

const database = (): string => join(folder.path, `tracker-${String(count)}`, 'tracker.db');

beforeEach(async () => {
  count += 1;
  const dataDir = join(folder.path, `tracker-${String(count)}`);
  tracker = new Restartable<TrackerReady>({
    ...{ name: 'tracker', program: PROGRAM, ports: ['--port'] },
    args: () => ['tracker', '--json', '--host', '127.0.0.1', '--data-dir', dataDir, '--registration', 'invite'],
  });
  await tracker.start();
  way = await HeldAnswers.to(Number(new URL(tracker.ready.url).port));
  // The first account, which needs no invite, is the admin's.
  done(await call('/register', { username: 'ada', password: PASSWORD }));
}, lasting);
afterEach(async () => {
  await way.close();
  await tracker.stop();
}, lasting);

type Answer = Record<string, unknown> & { readonly http: number };

async function call(path: string, body?: object, token?: string, at = tracker.ready.url): Promise<Answer> {
  const answer = await fetch(at + path, {
    method: body ? 'POST' : 'GET',
    headers: { 'content-type': 'application/json', ...(token !== undefined && { authorization: `Bearer ${token}` }) },
    ...(body && { body: JSON.stringify(body) }),
  });
  return { ...((await answer.json()) as object), http: answer.status };
}

function done(answer: Answer): Answer {
  expect(answer).toMatchObject({ http: 200 });
  return answer;
}

async function signIn(username: string, password = PASSWORD): Promise<string> {
  return String(done(await call('/login', { username, password }))['token']);
}

async function invited(ada: string): Promise<string> {
  const { invite } = done(await call('/admin/invites', { uses: 1, days: 1 }, ada)) as unknown as {
    invite: { code: string };
  };
  return invite.code;
}

/** What the log of the tracker has on somebody, the latest first. */
async function logged(ada: string, subject: string): Promise<string[]> {
  const { entries } = done(await call('/admin/audit', undefined, ada)) as unknown as {
    entries: { action: string; subject?: string }[];
  };
  return entries.filter((entry) => entry.subject === subject).map(({ action }) => action);
}

async function stateOf(ada: string, username: string): Promise<string> {
  const { account } = done(await call(`/admin/accounts/${username}`, undefined, ada)) as unknown as {
    account: { state: string };
  };
  return account.state;
}

/** What a page of the set-up asks for, by the link that the daemon has printed. */
class SetupPage {
  private constructor(
    private readonly ui: string,
    private readonly cookie: string,
  ) {}

  static async of(peer: FreshPeer): Promise<SetupPage> {
    const { ui, link } = await peer.setup;
    const answer = await fetch(link, { redirect: 'manual' });
    const [cookie = ''] = answer.headers.getSetCookie().map((header) => header.split(';')[0] ?? '');
    return new SetupPage(ui, cookie);
  }

  /** Makes the account `bob`. */
  async register(address: string, password: string, invite: string): Promise<Answer> {
    const { ca } = done(await this.#post('api/setup/check', { address }));
    return this.#post('api/setup', { address, ca, username: 'bob', password, register: true, invite });
  }

  async #post(path: string, body: object): Promise<Answer> {
    const answer = await fetch(new URL(path, this.ui), {
      method: 'POST',
      headers: { 'content-type': 'application/json', cookie: this.cookie, origin: new URL(this.ui).origin },
      body: JSON.stringify(body),
    });
    return { ...((await answer.json()) as object), http: answer.status };
  }
}

const bobsDaemon = (): FreshPeer => FreshPeer.start('--data-dir', join(folder.path, `bob-${String(count)}`));

test(
  'a daemon that dies once its account is made, before it has heard so, goes on with the same name and password',
  async () => {
    const ada = await signIn('ada');
    const code = await invited(ada);
    const first = bobsDaemon();
    const isMade = way.hold('POST /register');
    const unheard = (await SetupPage.of(first)).register(way.url, PASSWORD, code).catch(() => 'cut');
    await isMade;
    await first.kill9();
    expect(await unheard).toBe('cut');
    const second = bobsDaemon();
    try {
      const page = await SetupPage.of(second);
      // The name alone is not enough.
      expect(await page.register(way.url, ANOTHER, code)).toMatchObject({ code: 'name_taken' });
      expect(await page.register(way.url, PASSWORD, code)).toMatchObject({ http: 200, username: 'bob' });
      expect((await second.ready).username).toBe('bob');
      expect(await logged(ada, 'bob')).toEqual([]);
    } finally {
      await second.stop();
    }
  },
  lasting,
);

test(
  'a tracker that dies once an invite is used, before it has said so: the same person goes on, and nobody else',
  async () => {
    const ada = await signIn('ada');
    const code = await invited(ada);
    const peer = bobsDaemon();
    try {
      const page = await SetupPage.of(peer);
      const isMade = way.hold('POST /register');
      const unheard = page.register(way.url, PASSWORD, code);
      await isMade;
      await tracker.kill9();
      expect(await unheard).toMatchObject({ code: 'tracker_unreachable' });
      await tracker.start();
      const other = { username: 'eve', password: PASSWORD, invite: code };
      expect(await call('/register', other)).toMatchObject({ code: 'invite_over' });
      expect(await page.register(way.url, PASSWORD, code)).toMatchObject({ http: 200, username: 'bob' });
      expect((await peer.ready).username).toBe('bob');
      const { invites } = done(await call('/admin/invites', undefined, ada)) as unknown as {
        invites: { code: string; used: number }[];
      };
      expect(invites.find((invite) => invite.code === code)).toMatchObject({ used: 1 });
    } finally {
      await peer.stop();
    }
  },
  lasting,
);

async function withBob(): Promise<{ ada: string; code: string }> {
  const ada = await signIn('ada');
  done(await call('/register', { username: 'bob', password: PASSWORD, invite: await invited(ada) }));
  return { ada, code: String(done(await call('/admin/accounts/bob/reset', {}, ada))['code']) };
}

test(
  'a tracker that dies once a link to a new password was used, before it has said so: the password is the new one',
  async () => {
    const { ada, code } = await withBob();
    const isUsed = way.hold('POST /reset');
    const unheard = call('/reset', { code, password: ANOTHER }, undefined, way.url).catch(() => 'cut');
    await isUsed;
    await tracker.kill9();
    expect(await unheard).toBe('cut');
    await tracker.start();
    await signIn('bob', ANOTHER);
    expect(await call('/reset', { code, password: PASSWORD })).toMatchObject({ code: 'reset_over' });
    expect(await logged(ada, 'bob')).toEqual(['reset_password', 'reset_link']);
  },
  lasting,
);

/** Does it at a tracker that is killed in the middle of that write. */
async function killedIn(write: string, act: () => Promise<unknown>): Promise<void> {
  const slow = SlowWrite.before(database(), write);
  const unheard = act().catch(() => 'cut');
  await slow.isStuck();
  await tracker.kill9();
  expect(await unheard).toBe('cut');
  slow.end();
  await tracker.start();
}

test.each(['UPDATE OF password_hash ON accounts', "INSERT ON records WHEN NEW.kind = 'audit'"])(
  'a link to a new password stands where the tracker dies before all of it is written: %s',
  async (write) => {
    const { ada, code } = await withBob();
    await killedIn(write, () => call('/reset', { code, password: ANOTHER }));
    await signIn('bob');
    expect(await logged(ada, 'bob')).toEqual(['reset_link']);
    done(await call('/reset', { code, password: ANOTHER }));
    await signIn('bob', ANOTHER);
    expect(await call('/reset', { code, password: PASSWORD })).toMatchObject({ code: 'reset_over' });
    expect(await logged(ada, 'bob')).toEqual(['reset_password', 'reset_link']);
  },
  lasting,
);

test.each([
  ['disable', 'disabled'],
  ['remove', 'removed'],
])(
  'what an admin does to an account (%s) is not done where the tracker dies before it is in the log; and is done when asked again',
  async (action, state) => {
    const { ada } = await withBob();
    const act = (): Promise<Answer> => call(`/admin/accounts/bob/${action}`, {}, ada);
    await killedIn("INSERT ON records WHEN NEW.kind = 'audit'", act);
    const [before, log] = [await stateOf(ada, 'bob'), await logged(ada, 'bob')];
    expect([before, log]).toEqual(['used', ['reset_link']]);
    await signIn('bob');
    done(await act());
    expect([await stateOf(ada, 'bob'), await logged(ada, 'bob')]).toEqual([state, [action, 'reset_link']]);
  },
  lasting,
);

test(
  'what an admin did to an account and never heard of is done, and in the log once',
  async () => {
    const { ada } = await withBob();
    const isDone = way.hold('POST /admin/accounts/bob/disable');
    const unheard = call('/admin/accounts/bob/disable', {}, ada, way.url).catch(() => 'cut');
    await isDone;
    await tracker.kill9();
    expect(await unheard).toBe('cut');
    await tracker.start();
    expect(await stateOf(ada, 'bob')).toBe('disabled');
    expect(await call('/login', { username: 'bob', password: PASSWORD })).toMatchObject({ code: 'account_disabled' });
    expect(done(await call('/admin/accounts/bob/disable', {}, ada))['unchanged']).toBe(true);
    expect(await logged(ada, 'bob')).toEqual(['disable', 'reset_link']);
  },
  lasting,
);
