/** Confusable names, and passwords in every Unicode form that a keyboard types (SPEC.md sections 1 and 2). */
import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { hash } from '@node-rs/argon2';
import { DatabaseSync } from '@photostructure/sqlite';
import { join } from 'node:path';
import { migrations } from './store/sqlite/migrations.js';
import { expectFailure, PASSWORD, type TestTracker, TestTrackers } from './testing/test-tracker.js';

const trackers = new TestTrackers();
let tracker: TestTracker;
const status = (username: string, password: string, at = tracker) =>
  at.post('/login', { username, password }).then((answer) => answer.status);

beforeAll(async () => {
  tracker = await trackers.start({ limits: { registrationsPerAddress: 10_000, loginsPerAddress: 10_000 } });
  await tracker.register('zoe');
});
afterEach(() => expect(trackers.errors).toEqual([]));
afterAll(() => trackers.clean());

describe('confusable names', () => {
  test.each([
    ['alice', ['a1ice', 'aIice', 'A1ICE', 'AIICE']],
    ['bob1', ['bobl', 'b0b1', 'BOBI']],
    ['mary', ['rnary', 'RNARY']],
    ['wendy', ['vvendy']],
    ['dave_x', ['clave_x', 'dave-x', 'dave__x']],
  ])('of %s are refused', async (name, refused) => {
    await tracker.register(name);
    for (const username of refused) {
      const answer = await tracker.post('/register', { username, password: PASSWORD });
      expectFailure(answer, 409, 'name_confusable');
      expect(answer.body['message']).toContain(`"${name}"`);
    }
    // The page of the form shows the error, and keeps the typed name.
    const page = await tracker.form('/register', { username: refused[0] ?? '', password: PASSWORD });
    expect(page.status).toBe(409);
    expect(page.body['text']).toMatch(/role="alert"[^>]*>.*looks too much like/);
    // The existing user can still sign in.
    expect(await status(name, PASSWORD)).toBe(200);
  });

  test.each(['anna', 'hanna', 'ann', 'user1', 'user2', 'user12', 'team5', 'teams', 'marvin', 'bobby', 'z0ey'])(
    '%s is different enough from the others',
    async (username) => {
      expect((await tracker.post('/register', { username, password: PASSWORD })).status).toBe(200);
    },
  );

  test('when several register at once, one succeeds', async () => {
    const names = ['carol', 'caroI', 'car0l', 'caro1', 'CAR0L'];
    const answers = await Promise.all(
      names.map((username) => tracker.post('/register', { username, password: PASSWORD })),
    );
    expect(answers.map((answer) => answer.status).sort()).toEqual([200, 409, 409, 409, 409]);
  });

  test('of channels are refused, and existing channels can be joined', async () => {
    const user = await tracker.login('zoe');
    const join = (channel: string) => user.post('/add-list', { username: 'zoe', channel });
    for (const channel of ['genera1', 'broaclcast', 'garne', 't3ch-', 'mail', 'mall']) {
      const refused = ['genera1', 'broaclcast', 'garne'].includes(channel);
      const answer = await join(channel);
      if (refused) expectFailure(answer, 409, 'channel_confusable');
      else expect([channel, answer.status]).toEqual([channel, 200]);
    }
    expect((await join('general')).status).toBe(200);
    expect((await join('mail')).status).toBe(200);
    const [one, two] = await Promise.all([join('room1'), join('rooml')]);
    expect([one.status, two.status].sort()).toEqual([200, 409]);
    // A peer that names such a channel is listed, but is not in the channel.
    const { status: told } = await user.submit({ channels: ['game', 'genera1'] });
    expect(told).toBe(200);
    const channels = (await user.get('/channels')).body['channels'] as { name: string; joined: boolean }[];
    expect(channels.some(({ name }) => name === 'genera1')).toBe(false);
    expect(channels.find(({ name }) => name === 'game')?.joined).toBe(true);
  });

  test('that are older than the rule stay, and can sign in', async () => {
    const dataDir = await trackers.directory();
    const old = new DatabaseSync(join(dataDir, 'tracker.db'));
    const version = migrations.findIndex((step) => step.includes('username_skeleton'));
    for (const step of migrations.slice(0, version)) old.exec(step);
    old.exec(`PRAGMA user_version=${version}`);
    const passwordHash = await hash(PASSWORD);
    for (const name of ['alice', 'aIice']) {
      old.prepare('INSERT INTO accounts VALUES (?, ?, ?, 1)').run(name.toLowerCase(), name, passwordHash);
    }
    old.prepare("INSERT INTO channels VALUES ('genera1', '', 0, NULL, 1)").run();
    old.close();
    const at = await trackers.start({ dataDir });
    for (const name of ['alice', 'aIice']) expect(await status(name, PASSWORD, at)).toBe(200);
    const alice = await at.login('alice');
    expect((await alice.post('/add-list', { username: 'alice', channel: 'genera1' })).status).toBe(200);
    expect((await alice.post('/add-list', { username: 'alice', channel: 'general' })).status).toBe(200);
    expectFailure(await at.post('/register', { username: 'a1ice', password: PASSWORD }), 409, 'name_confusable');
  });
});

/** Two ways to type the same password. */
describe('a name in letters of other scripts', () => {
  /** Each passes for an ASCII name at a glance, or becomes one when its case or its width is changed. */
  const foreign = ['\u0430lice', 'ali\u0441e', 'al\u0131ce', '\uff41lice', '\u212aate', 'fi\u017fh', '\ufb01sh', '\u0130an', 'alice\u200d', 'a\u0301lice', '\u{1d41a}lice']; // prettier-ignore

  test.each(foreign)('%j is refused everywhere, and signs nobody in', async (name) => {
    expectFailure(await tracker.post('/register', { username: name, password: PASSWORD }), 400, 'bad_name');
    const page = await tracker.form('/register', { username: name, password: PASSWORD });
    expect([page.status, page.body['text']]).toEqual([400, expect.stringContaining('role="alert"')]);
    for (const folded of [name.normalize('NFKC'), name.normalize('NFKC').toLowerCase(), 'alice', 'kate', 'fish']) {
      await tracker.post('/register', { username: folded, password: PASSWORD });
    }
    expect(await status(name, PASSWORD)).toBe(401);
    const zoe = await tracker.login('zoe');
    expectFailure(await zoe.post('/add-list', { username: 'zoe', channel: name }), 400, 'bad_channel');
    expectFailure(await zoe.get(`/users/${encodeURIComponent(name)}`), 400, 'bad_name');
  });

  test('while a name in another case is the same one, for its channels no name at all', async () => {
    await tracker.register('MixedCase');
    for (const name of ['mixedcase', 'MIXEDCASE', 'mixedCASE']) {
      expectFailure(await tracker.post('/register', { username: name, password: PASSWORD }), 409, 'name_taken');
      expect(await status(name, PASSWORD)).toBe(200);
      const user = await tracker.login(name);
      expect((await user.get('/me')).body['username']).toBe('MixedCase');
      expectFailure(await user.post('/add-list', { username: name, channel: 'Tech' }), 400, 'bad_channel');
      expect((await user.post('/add-list', { username: name, channel: 'tech' })).status).toBe(200);
    }
  });
});

const pairs: readonly (readonly [string, string, string])[] = [
  ['French', 'pâté-à-choux', 'pâté-à-choux'.normalize('NFD')],
  ['Vietnamese', 'mật khẩu của tôi', 'mật khẩu của tôi'.normalize('NFD')],
  ['Hangul', '비밀번호입니다', '비밀번호입니다'.normalize('NFD')],
  ['wide spaces', 'three wide spaces', 'three\u3000wide\u2003spaces'],
  ['no-break spaces', 'no break spaces', 'no\u00a0break\u202fspaces'],
  ['singletons', 'Ångström-Ω', '\u212bngstr\u00f6m-\u2126'],
];

describe('a password', () => {
  test.each(pairs)('of %s is the same in both forms, whichever was registered', async (name, one, other) => {
    expect(one).not.toBe(other);
    for (const [at, [made, typed]] of [
      [one, other],
      [other, one],
    ].entries()) {
      const username = `p${at}-${name.replace(/\W/g, '')}`;
      const byForm = await tracker.form('/register', { username: `f${username}`, password: made ?? '' });
      expect(byForm.status).toBe(303);
      expect(await status(`f${username}`, typed ?? '')).toBe(200);
      expect((await tracker.post('/register', { username, password: made })).status).toBe(200);
      expect(await status(username, made ?? '')).toBe(200);
      expect(await status(username, typed ?? '')).toBe(200);
      expect(await status(username, `${typed}x`)).toBe(401);
      const form = await tracker.form('/login', { username, password: typed ?? '' });
      expect(form.status).toBe(303);
      // The old password is typed in the other form.
      const user = await tracker.login(username, made);
      expect((await user.post('/password', { old: typed, new: 'another one' })).status).toBe(200);
      expect(await status(username, 'another one')).toBe(200);
    }
  });

  test.each(['tab\there here', 'line\nfeed feed', 'half\ud800 a pair', 'nothing\0at all', '\u0085\u0085\u0085\u0085'])(
    '%j is refused for a new account',
    async (password) => {
      expectFailure(await tracker.post('/register', { username: 'nobody', password }), 400, 'bad_password');
    },
  );

  test('has its length counted in its normalised form', async () => {
    const six = 'e\u0301'.repeat(3); // 9 bytes as typed, 6 composed
    expectFailure(await tracker.post('/register', { username: 'nobody', password: six }), 400, 'bad_password');
    const long = 'e\u0301'.repeat(128); // 384 bytes as typed, 256 composed
    expect((await tracker.post('/register', { username: 'longpass', password: long })).status).toBe(200);
    expect(await status('longpass', long)).toBe(200);
  });

  test.each([...pairs, ['control characters', 'tab\tand more', 'tab\tand more']] as const)(
    'of %s hashed as it was typed, before there was one form, signs in, and is hashed anew',
    async (_name, one, other) => {
      const dataDir = await trackers.directory();
      const first = await trackers.start({ dataDir });
      await first.register('alice');
      await first.tracker.close();
      const file = join(dataDir, 'tracker.db');
      const hashIn = () => {
        const db = new DatabaseSync(file);
        const row = db.prepare('SELECT password_hash AS h FROM accounts').get() as { h: string };
        db.close();
        return row.h;
      };
      const old = await hash(other);
      const db = new DatabaseSync(file);
      db.prepare('UPDATE accounts SET password_hash = ?').run(old);
      db.close();
      const second = await trackers.start({ dataDir });
      expect(await status('alice', 'a wrong one', second)).toBe(401);
      expect(hashIn()).toBe(old);
      expect(await status('alice', other, second)).toBe(200);
      if (one !== other) expect(hashIn()).not.toBe(old);
      expect(await status('alice', one, second)).toBe(200);
    },
  );
});
