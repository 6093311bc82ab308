/** Whatever text others fill in comes back as it was, or is refused with a reason: nothing is cut, and nothing fails. */
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { PASSWORD, TestTrackers, type Answer, type TestTracker, type TestUser } from './testing/test-tracker.js';

const trackers = new TestTrackers();
const many = 1_000_000;
const limits = { registrationsPerAddress: many, requestsPerAddress: many, loginsPerAddress: many, userReadsPerAccount: many, channelsPerAccount: 10_000, failedLoginsPerAccount: many, mailboxReadsPerAccount: many, mailsPerAccount: many, certificatesPerAccount: many }; // prettier-ignore
let tracker: TestTracker;
let alice: TestUser;

beforeAll(async () => {
  tracker = await trackers.start({ limits });
  alice = await tracker.register('alice');
});
afterAll(async () => {
  await trackers.clean();
  expect(trackers.errors).toEqual([]);
});

/** Every code unit, halves of characters and NUL among them; and what the rules of names let through. */
const anyText = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 40 }),
  fc.string({ unit: 'grapheme', maxLength: 40 }),
  fc.array(fc.integer({ min: 0, max: 0xffff }), { maxLength: 12 }).map((units) => String.fromCharCode(...units)),
  fc.stringMatching(/^[A-Za-z0-9_-]{1,33}$/),
  fc.constantFrom('x\0y', '\0', '\ud800', 'a\udc00b', '\ufeffx', '\ufffe\uffff', '\u{10ffff}', '\r\n', ' ', '__proto__', '٣', 'ﬁ', 'İ', 'ſ', 'K'), // prettier-ignore
);

function taken({ status, body }: Answer): boolean {
  if (status === 200) return true;
  expect(status).toBeGreaterThanOrEqual(400);
  expect(status).toBeLessThan(500);
  expect(body).toMatchObject({ status: 'failed', code: expect.stringMatching(/^[a-z_]+$/) });
  expect(String(body['message']).length).toBeGreaterThan(10);
  return false;
}

const topicOf = async (user: TestUser) =>
  ((await user.get('/channels')).body['channels'] as { name: string; topic: string }[]).find(
    ({ name }) => name === 'tech',
  )?.topic;

test('a topic, over a start of the tracker too', async () => {
  const at = await trackers.start({ limits });
  const user = await at.register('bob');
  await user.post('/add-list', { username: 'bob', channel: 'tech' });
  let last = '';
  await fc.assert(
    fc.asyncProperty(anyText, async (topic) => {
      if (taken(await user.post('/channels/tech/topic', { topic }))) last = topic;
      expect(await topicOf(user)).toBe(last);
    }),
    { numRuns: 100 },
  );
  await at.tracker.close();
  const again = await trackers.start({ limits, dataDir: at.dataDir });
  expect(await topicOf(await again.login('bob'))).toBe(last);
});

test('an address of a peer', async () => {
  const own = async () => ((await alice.get('/get-list')).body['peers'] as { ip: string; addresses: object[] }[])[0];
  await fc.assert(
    fc.asyncProperty(anyText, anyText, async (ip, host) => {
      const before = await own();
      if (!taken(await alice.submit({ ip, addresses: [{ host, port: 1 }] })))
        return expect(await own()).toEqual(before);
      // Who leaves it empty is listed as the tracker sees them.
      expect(await own()).toMatchObject({ ip: ip === '' ? '127.0.0.1' : ip, addresses: [{ host, port: 1 }] });
    }),
    { numRuns: 100 },
  );
});

test('a name of a user, in calls and forms alike', async () => {
  await fc.assert(
    fc.asyncProperty(anyText, async (username) => {
      const made = await tracker.post('/register', { username, password: PASSWORD });
      // A form takes no half of a character: it arrives as another one.
      const form = await tracker.form('/register', { username, password: PASSWORD });
      expect([303, 400, 409]).toContain(form.status);
      if (form.status !== 303) expect(form.body['text']).toContain('role="alert"');
      if (!taken(made)) return expect(form.status).not.toBe(303);
      const user = await tracker.login(username);
      expect((await user.get('/me')).body).toMatchObject({ username });
      expect((await alice.get(`/users/${username}`)).body).toMatchObject({ user: { username } });
      expect((await tracker.fetch('/', { headers: user.headers })).body['text']).toContain(username);
    }),
    { numRuns: 50 },
  );
});

test('a name of a channel', async () => {
  await fc.assert(
    fc.asyncProperty(fc.oneof(anyText, fc.stringMatching(/^[a-z0-9_-]{1,32}$/)), async (channel) => {
      const joined = await alice.post('/add-list', { username: 'alice', channel });
      if (taken(joined)) expect(joined.body).toMatchObject({ channel, members: ['alice'] });
      else expect(((await alice.get('/me')).body['channels'] as string[]).includes(channel)).toBe(false);
    }),
    { numRuns: 100 },
  );
});

test('a password', async () => {
  let count = 0;
  await fc.assert(
    fc.asyncProperty(anyText, async (password) => {
      const username = `p${(count += 1)}`;
      if (!taken(await tracker.post('/register', { username, password }))) return;
      expect((await tracker.post('/login', { username, password })).status).toBe(200);
      expect(taken(await tracker.post('/login', { username, password: `${password}.` }))).toBe(false);
    }),
    { numRuns: 30 },
  );
}, 120_000);

test('in a path, a query, a header or any other field is answered', async () => {
  const device = 'd'.repeat(22);
  const escaped = (text: string) => encodeURIComponent(text.toWellFormed());
  const calls: readonly ((text: string) => Promise<Answer>)[] = [
    ...['/users/', '/channels/', '/docs/', '/join/', '/'].map(
      (path) => (text: string) => alice.get(path + escaped(text)),
    ),
    ...['users?q=', 'users?after=', 'users?limit=', 'get-list?channel=', 'get-list?after=', 'devices?username=', 'prekeys?username=', 'prekeys?channel=', 'mailbox?device='].map((path) => (text: string) => alice.get(`/${path}${escaped(text)}`)), // prettier-ignore
    (text) => alice.post(`/mailbox/${escaped(text)}`, { device, prekey: device, blob: text }),
    (text) => alice.post(`/channels/${escaped(text)}/leave`, { x: text }),
    (text) => alice.post(`/devices/${escaped(text)}/revoke`, {}),
    (text) => alice.post('/mailbox/ack', { device, ids: [text] }),
    (text) => alice.post('/prekeys', { username: text, device, id: text, key: text, time: text, sig: text }),
    (text) => alice.submit({ device: text, csr: text, lineage: [text], channels: [text] }),
    (text) => alice.submit({ csr: text }),
    (text) => alice.post('/password', { old: text, new: text }),
    (text) => tracker.post('/login', { username: text, password: text }),
    (text) => tracker.form('/login', { username: text, password: text, [text]: text }),
    ...[
      'cookie',
      'user-agent',
      'authorization',
      'x-forwarded-for',
      'x-forwarded-prefix',
      'accept',
      'if-none-match',
    ].map(
      (name) => (text: string) =>
        tracker.fetch('/me', {
          headers: {
            [name]: Buffer.from(text)
              .toString('latin1')
              .replace(/[^\x20-\x7e\x80-\xff]/g, ' '),
          },
        }),
    ),
  ];
  await fc.assert(
    fc.asyncProperty(fc.constantFrom(...calls), anyText, async (call, text) => {
      const { status, body } = await call(text);
      expect(status).toBeLessThan(500);
      if (status >= 400 && !('text' in body)) expect(body).toMatchObject({ status: 'failed' });
    }),
    { numRuns: 200 },
  );
}, 120_000);
