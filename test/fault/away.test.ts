/**
 * Two people who are never online at the same time: what one writes reaches the other, sealed, through a tracker that can
 * read none of it. Real processes; what goes between them and the tracker is recorded.
 */
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { PeerReady, TrackerReady } from '../../scripts/daemon/daemon.js';
import { register } from '../../scripts/demo/accounts.js';
import { Restartable } from '../../scripts/daemon/restartable.js';
import { Window } from '../../scripts/fault/window.js';
import type { ConversationView, EntryView } from '../../protocol/local-api.js';
import { projectRoot } from '../support/project.js';
import { TempDir } from '../support/temp-dir.js';
import { Recorder } from './recorder.js';

const PROGRAM = join(projectRoot, 'dist/scripts/daemon/entry.js');
const LOGS = join(projectRoot, 'dist/test-logs/away');
const PASSWORD = 'of no importance';
const DIRECT = '@alice+bob';
const WITHIN_MS = 30_000;
/** Words that occur nowhere else. */
const secret = (n: number): string => `the-otter-sleeps-at-noon-${n}`;

let folder: TempDir;
let tracker: Restartable<TrackerReady>;
let wire: Recorder;
let bob: Restartable<PeerReady>;
const machines: Restartable<PeerReady>[] = [];
const windows: Window[] = [];

beforeAll(async () => {
  folder = new TempDir();
  tracker = new Restartable<TrackerReady>({
    name: 'tracker',
    program: PROGRAM,
    ports: ['--port'],
    args: () => ['tracker', '--json', '--data-dir', join(folder.path, 'tracker')],
  });
  await tracker.start();
  wire = await Recorder.to(tracker.ready.url);
  // Bob has a device, which has been online once; alice does not exist yet.
  bob = await peer('bob');
  await open(bob);
  await published(bob);
  await bob.stop();
}, 120_000);
afterAll(async () => {
  for (const window of windows) window.close();
  await Promise.all([...machines, tracker].map((machine) => machine.stop()));
  await wire.close();
  await mkdir(LOGS, { recursive: true });
  for (const { name, log } of [...machines, tracker]) await writeFile(join(LOGS, `${name}.log`), `${log.join('\n')}\n`);
  await folder.remove();
});

async function peer(username: string): Promise<Restartable<PeerReady>> {
  await register(tracker.ready.url, { username, password: PASSWORD });
  const machine = new Restartable<PeerReady>({
    name: username,
    program: PROGRAM,
    ports: ['--peer-port', '--ui-port'],
    args: () => [
      ...['peer', '--json', '--username', username, '--host', '127.0.0.1', '--log-level', 'debug'],
      ...['--data-dir', join(folder.path, username), '--tracker', wire.url],
    ],
    env: { PARLEY_PASSWORD: PASSWORD },
  });
  machines.push(machine);
  await machine.start();
  return machine;
}

async function open(machine: Restartable<PeerReady>): Promise<Window> {
  const window = await Window.open(machine.ready);
  windows.push(window);
  return window;
}

/** Until the tracker hands out the device's prekey. */
async function published({ name }: Restartable<PeerReady>): Promise<void> {
  const login = await fetch(`${tracker.ready.url}/login`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ username: name, password: PASSWORD }),
  });
  const { token } = (await login.json()) as { token: string };
  await eventually(async () => {
    const answer = await fetch(`${tracker.ready.url}/prekeys?username=${name}`, {
      headers: { authorization: `Bearer ${token}` },
    });
    return ((await answer.json()) as { prekeys: unknown[] }).prekeys.length > 0;
  }, `the prekey of ${name}`);
}

/** For what no event tells of. */
async function eventually(holds: () => Promise<boolean>, what: string): Promise<void> {
  for (const end = Date.now() + WITHIN_MS; Date.now() < end; await new Promise((resolve) => setTimeout(resolve, 100))) {
    if (await holds()) return;
  }
  throw new Error(`${what}: not within ${WITHIN_MS} ms`);
}

/** The latest that a window heard of a conversation. */
function follow(window: Window): { view(id: string): ConversationView | undefined } {
  const views = new Map(window.snapshot.conversations.map((view) => [view.id, view]));
  window.onFrame((frame) => {
    if (frame.type === 'conversation') views.set(frame.conversation.id, frame.conversation);
    if (frame.type !== 'receipts') return;
    const view = views.get(frame.conversation);
    if (view) views.set(view.id, { ...view, receipts: frame.receipts });
  });
  return { view: (id) => views.get(id) };
}

async function sealed(window: Window, views: ReturnType<typeof follow>, conversation: string): Promise<void> {
  const isSealed = (): boolean => views.view(conversation)?.pending?.includes('sealed') === true;
  await window.until(isSealed, 'the message to lie sealed in the mailbox', WITHIN_MS);
}

const texts = (entries: readonly EntryView[]): string[] =>
  entries.filter(({ kind }) => kind === 'text').map(({ message }) => message);

async function shows(window: Window, conversation: string, expected: readonly string[]): Promise<void> {
  const has = async () => texts(await window.history(conversation)).length >= expected.length;
  await eventually(has, `${expected.length} messages in ${conversation}`);
  expect(texts(await window.history(conversation))).toEqual(expected);
}

describe('alice and bob, who are never online together,', () => {
  let alice: Restartable<PeerReady>;
  let window: Window;

  test('exchange a message, and its receipt comes back', async () => {
    alice = await peer('alice');
    window = await open(alice);
    let views = follow(window);
    // Nothing was opened before: whom she names is found.
    await window.post(DIRECT, secret(1));
    await window.post(DIRECT, secret(2));
    await sealed(window, views, DIRECT);
    await published(alice);
    await alice.stop();

    await bob.start();
    window = await open(bob);
    await shows(window, DIRECT, [secret(1), secret(2)]);
    // The receipt is on its way before he goes.
    await bob.stop();

    await alice.start();
    window = await open(alice);
    views = follow(window);
    const delivered = (): boolean => (views.view(DIRECT)?.receipts['bob'] ?? 0) >= 2;
    await window.until(delivered, 'the receipt', WITHIN_MS);
    await window.until(() => views.view(DIRECT)?.pending === undefined, 'nothing to wait for', WITHIN_MS);
    const history = await window.history(DIRECT);
    expect(history.map(({ state }) => state)).toEqual(['delivered', 'delivered']);
    expect(window.linkedTo('bob')).toBe(false);
  }, 120_000);

  test('a message that was written in the last moment is mailed while the peer stops', async () => {
    await window.post(DIRECT, secret(3));
    await alice.stop();
    await bob.start();
    await shows(await open(bob), DIRECT, [secret(1), secret(2), secret(3)]);
    await bob.stop();
  }, 120_000);

  test('a channel in which nobody else is awake is no different', async () => {
    await alice.start();
    window = await open(alice);
    const views = follow(window);
    await window.post('#general', secret(4));
    await sealed(window, views, '#general');
    await alice.stop();
    await bob.start();
    await shows(await open(bob), '#general', [secret(4)]);
    await bob.stop();
  }, 120_000);

  test('kill -9 of bob between the commit and the acknowledgement: nothing lost, nothing twice', async () => {
    await alice.start();
    window = await open(alice);
    const views = follow(window);
    for (let n = 5; n <= 30; n++) await window.post(DIRECT, secret(n));
    await sealed(window, views, DIRECT);
    await alice.stop();

    const stopped = wire.stopAt('POST /mailbox/ack');
    await bob.start();
    await stopped;
    await bob.kill9();

    // What was not acknowledged is still there, and comes again.
    await bob.start();
    const again = await open(bob);
    const all = [1, 2, 3, ...Array.from({ length: 26 }, (_, i) => i + 5)].map(secret);
    await bob.says('letters were taken from the mailbox', WITHIN_MS);
    await shows(again, DIRECT, all);
    expect(again.doubled).toEqual([]);
    await bob.stop();
  }, 120_000);

  test('the tracker has seen none of the words: not on the wire, not on its disk', async () => {
    const seen = wire.recorded;
    // The wire was listened in on: the letters are there, as is all that is not secret.
    expect(seen.includes('POST /mailbox/BOB')).toBe(true);
    expect(seen.includes('"username":"alice"')).toBe(true);
    const places: [string, Buffer][] = [['the wire', seen]];
    const directory = join(folder.path, 'tracker');
    for (const file of await readdir(directory, { recursive: true, withFileTypes: true })) {
      if (file.isFile()) places.push([file.name, await readFile(join(file.parentPath, file.name))]);
    }
    expect(places.map(([name]) => name)).toEqual(expect.arrayContaining(['tracker.db', 'tracker.db-wal']));
    const words = ['otter-sleeps', Buffer.from('otter-sleeps').toString('base64').slice(1, -3), '"kind":"text"'];
    for (const [name, bytes] of places) {
      for (const word of words) expect([name, word, bytes.includes(word)]).toEqual([name, word, false]);
    }
    // Every base64 in it, decoded, too.
    const decoded = [...seen.toString('latin1').matchAll(/[A-Za-z0-9_-]{100,}/g)].map(([text]) =>
      Buffer.from(text, 'base64url'),
    );
    expect(decoded.length).toBeGreaterThan(0);
    expect(decoded.some((bytes) => bytes.includes('otter'))).toBe(false);
  });
});
