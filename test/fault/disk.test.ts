/** A disk that is full: said clearly, nothing acknowledged that was not kept, nothing spoilt, and all well with new room. */
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { Fleet } from '../../scripts/fault/fleet.js';
import { settled } from '../../scripts/fault/judge.js';
import { Window } from '../../scripts/fault/window.js';
import { openBrowser } from '../support/browser.js';
import { Person } from '../support/person.js';
import { projectRoot } from '../support/project.js';
import { runProgram } from '../support/programs.js';
import { TempDir } from '../support/temp-dir.js';
import { SmallDisk } from './small-disk.js';

const PROGRAM = join(projectRoot, 'dist/scripts/daemon/entry.js');
const LOGS = join(projectRoot, 'dist/test-logs/disk');
const GOOD = { lost: [], doubled: [], differing: [] };
/** More than a page of the database, so that there is no room for it by chance. */
const long = (text: string): string => `${text} ${'.'.repeat(12_000)}`;

const folder = new TempDir();
const disk = SmallDisk.mount(join(folder.path, 'disk'), 4);
afterAll(async () => {
  disk?.unmount();
  await folder.remove();
});

if (!disk) test.skip('NOT RUN: this machine lets us mount no small disk (root, tmpfs)', () => undefined);

describe('bob, whose disk is full,', () => {
  if (!disk) return;
  const full = disk;
  let fleet: Fleet;
  let alice: Window;
  let bob: Window;
  const acknowledged = new Map<string, { conversation: string; id: string }>();

  beforeAll(async () => {
    fleet = new Fleet(folder.path, PROGRAM);
    await fleet.tracker.start();
    alice = await Window.open((await fleet.addPeer('alice')).ready);
    bob = await Window.open((await fleet.addPeer('bob', { dataDir: join(full.path, 'bob') })).ready);
    await bob.until(() => bob.linkedTo('alice'), 'the link');
    for (let i = 1; i <= 10; i++) await post(bob, `bob ${i}`);
  }, 120_000);
  afterAll(async () => {
    alice.close();
    bob.close();
    await fleet.close(LOGS);
  }, 60_000);

  async function post(window: Window, text: string): Promise<void> {
    const result = await window.post('#general', text, text.slice(0, 60));
    expect(result).toMatchObject({ ok: true });
    if (result?.ok === true) {
      acknowledged.set(text, { conversation: '#general', id: (result['entry'] as { id: string }).id });
    }
  }

  /** Until one is refused; those before it found room that was there already. */
  async function postUntilRefused(): Promise<{ text: string; code: string; message: string }> {
    for (let i = 1; i <= 1_000; i++) {
      const text = long(`bob with a full disk ${i}`);
      const result = await bob.post('#general', text, text.slice(0, 60));
      if (!result) throw new Error('bob is gone');
      if (!result.ok) return { text, code: result.code, message: result.message };
      acknowledged.set(text, { conversation: '#general', id: (result['entry'] as { id: string }).id });
    }
    throw new Error('nothing was refused');
  }

  const agree = (): ReturnType<typeof settled> =>
    settled({ conversations: new Map([['#general', [alice, bob]]]), acknowledged }, 60_000);

  /** What bob's process said when it fell over by itself. */
  const fell = (): string[] => fleet.peer('bob').log.filter((line) => /Node\.js v\d|"level":60|bug:/.test(line));

  let refused: { text: string; code: string; message: string };

  test('is told so, with what to do next', async () => {
    full.fill();
    refused = await postUntilRefused();
    expect(refused).toMatchObject({ code: 'storage_full', message: expect.stringMatching(/disk is full.*room/i) });
    await bob.until(() => bob.notices.includes('storage_full'), 'the notice');
  }, 120_000);

  test('goes on reading, and stays linked, while others write', async () => {
    for (let i = 1; i <= 30; i++) await post(alice, long(`alice ${i}`));
    await alice.until(() => alice.linkedTo('bob'), 'the link');
    const texts = (await bob.history('#general')).map(({ message }) => message);
    expect(texts.slice(0, 10)).toEqual(Array.from({ length: 10 }, (_, i) => `bob ${i + 1}`));
    expect(texts).not.toContain(refused.text);
    // What bob could not keep, bob did not acknowledge.
    const held = new Set((await bob.history('#general')).map(({ id }) => id));
    for (const entry of await alice.history('#general')) {
      if (entry.from === 'alice' && entry.state === 'delivered') expect(held).toContain(entry.id);
    }
  }, 120_000);

  test('can change nothing, and is told so each time', async () => {
    for (const [command, args] of [
      ['channel.join', { channel: 'tech' }],
      ['conversation.open', { username: 'alice' }],
    ] as const) {
      const result = await bob.command(command, args);
      // Whatever small thing still finds room is fine; what does not is said.
      if (result?.ok === false) expect(result.code).toBe('storage_full');
      expect(result).toBeDefined();
    }
    expect(bob.open).toBe(true);
  }, 60_000);

  test('hears of a newcomer, and of channels joined elsewhere, without harm', async () => {
    const carol = await Window.open((await fleet.addPeer('carol')).ready);
    try {
      await carol.until(() => carol.linkedTo('bob'), 'the link of carol and bob');
      const result = await carol.post('#general', long('carol 1'), 'carol 1');
      expect(result).toMatchObject({ ok: true });
      if (result?.ok === true) {
        acknowledged.set(long('carol 1'), { conversation: '#general', id: (result['entry'] as { id: string }).id });
      }
      await expect(bob.post('#general', long('still full'))).resolves.toMatchObject({ code: 'storage_full' });
      expect(fell()).toEqual([]);
    } finally {
      carol.close();
    }
  }, 120_000);

  test('recovers by itself once there is room', async () => {
    full.makeRoom();
    // Nobody writes anything: the peer finds out.
    await bob.until(() => !bob.notices.includes('storage_full'), 'the notice going', 60_000);
    const verdict = await agree();
    expect(verdict).toMatchObject(GOOD);
    await post(bob, refused.text);
    expect(await agree()).toMatchObject(GOOD);
  }, 180_000);

  test('keeps what he writes in his browser until there is room, over a reload too', async () => {
    const browser = await openBrowser();
    try {
      const { ui } = fleet.peer('bob').ready;
      const person = await Person.sitDown(browser, ui);
      const [name = '', value = ''] = bob.cookie.split('=');
      await person.page.context().addCookies([{ name, value, url: ui }]);
      await person.page.reload();
      await person.open('#general');
      full.fill();
      await postUntilRefused();
      const text = long('bob, by hand');
      await person.write('#general', text);
      const timeline = person.timeline('#general');
      await timeline
        .getByText(/disk is full/)
        .first()
        .waitFor();
      await person.page.reload();
      await person.open('#general');
      await timeline.getByText(/^bob, by hand/).waitFor();
      full.makeRoom();
      await person.seesMark('#general', 'bob, by hand', /^Delivered/);
      const texts = (await alice.history('#general')).map(({ message }) => message);
      expect(texts.filter((other) => other === text)).toHaveLength(1);
    } finally {
      full.makeRoom();
      await browser.close();
    }
  }, 180_000);

  test('is none the worse for dying while it was full', async () => {
    full.fill();
    await postUntilRefused();
    await fleet.peer('bob').kill9();
    bob.close();
    await post(alice, 'alice, while bob is dead');
    // It starts all the same: there is a history to read.
    await fleet.peer('bob').start();
    expect(fell()).toEqual([]);
    const reader = await Window.open(fleet.peer('bob').ready);
    expect((await reader.history('#general')).length).toBeGreaterThan(10);
    reader.close();
    // A proper stop is one, too.
    expect(await fleet.peer('bob').stop()).toEqual({ code: 0, signal: null });
    full.makeRoom();
    await fleet.peer('bob').start();
    bob = await Window.open(fleet.peer('bob').ready);
    expect(await agree()).toMatchObject(GOOD);
    await post(bob, 'bob is well');
    expect(await agree()).toMatchObject(GOOD);
    expect(bob.notices).not.toContain('forked');
    expect(fell()).toEqual([]);
  }, 180_000);

  test('a new peer on a full disk says so in one line', async () => {
    full.fill();
    try {
      const args = ['peer', '--json', '--username', 'dave', '--data-dir', join(full.path, 'dave'), '--peer-port', '0'];
      const tracker = ['--tracker', fleet.tracker.ready.url];
      const { code, stdout, stderr } = await runProgram(process.execPath, [PROGRAM, ...args, ...tracker], 60_000);
      expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
      expect(stderr.trim().split('\n')).toEqual([expect.stringMatching(/disk is full.*make room|no space left/i)]);
    } finally {
      full.makeRoom();
    }
  }, 60_000);
});
