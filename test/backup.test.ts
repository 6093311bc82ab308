/** `parley backup` and `parley restore`, with real daemons: everything comes along but the key, and nothing half is ever there. */
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { spawn } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { readdir, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { Encrypter } from 'age-encryption';
import { pack } from 'tar-stream';
import { MANIFEST } from '../peer/backup/contents.js';
import { restoreBackup } from '../peer/backup/restore.js';
import type { TrackerReady } from '../scripts/daemon/daemon.js';
import { RunningPeer } from '../scripts/process/running-peer.js';
import { projectRoot } from './support/project.js';
import { linesOf, unzip } from '../scripts/fault/unzip.js';
import { World, type Restartable } from './support/world.js';

const lasting = 120_000;
const PASSWORD = 'correct horse battery';
const OLD = "Lena's old laptop";
const PASSPHRASE = 'a passphrase of the backup';
const MESSAGES = 300;

let world: World;
let tracker: Restartable<TrackerReady>;
let backup: string;

beforeAll(async () => {
  world = await World.create('backup');
  tracker = await world.startTracker();
  await world.startPeer({ username: 'alice', tracker, password: PASSWORD, register: true, deviceName: OLD });
  backup = join(world.folder, 'alice.age');
}, lasting);
afterAll(() => world.close(), lasting);

/** What a command of the command line says, and how it ends. */
function parley(args: readonly string[], passphrase = PASSPHRASE, killAfterMs?: number) {
  const child = spawn(process.execPath, [join(projectRoot, 'dist/scripts/parley.js'), ...args], {
    env: { ...process.env, PARLEY_PASSPHRASE: passphrase },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  if (killAfterMs !== undefined) setTimeout(() => child.kill('SIGKILL'), killAfterMs);
  let said = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (piece: Buffer) => (said += piece.toString()));
  return new Promise<{ code: number | null; said: string }>((done) => {
    child.once('close', (code) => done({ code, said }));
  });
}

async function messagesAt(dataDir: string): Promise<string[]> {
  const peer = await RunningPeer.find({ 'data-dir': dataDir });
  try {
    const found: string[] = [];
    for (let before: string | undefined; ;) {
      const page = await peer.run('history.page', {
        ...{ conversation: '#general', limit: 200 },
        ...(before === undefined ? {} : { before }),
      });
      found.unshift(...page.entries.filter(({ kind }) => kind === 'text').map(({ message }) => message));
      if (!page.more) return found;
      before = page.entries[0]?.id;
    }
  } finally {
    await peer.close();
  }
}

const keyOf = async (dataDir: string): Promise<string> =>
  createHash('sha256')
    .update(await readFile(join(dataDir, 'identity', 'device-key.pem')))
    .digest('hex');

test(
  'all messages come along while the daemon runs, and the restored one is a device of its own',
  async () => {
    const old = join(world.folder, 'alice');
    const peer = await RunningPeer.find({ 'data-dir': old });
    const texts = Array.from({ length: MESSAGES }, (_, n) => `message ${n}`);
    for (const message of texts) await peer.run('message.post', { conversation: '#general', message });
    expect(await parley(['backup', backup, '--data-dir', old])).toMatchObject({ code: 0 });
    await peer.run('message.post', { conversation: '#general', message: 'after the backup' });
    await peer.close();
    const fresh = join(world.folder, 'alice-new');
    expect(await parley(['restore', backup, '--data-dir', fresh])).toMatchObject({ code: 0 });
    expect(existsSync(join(fresh, 'identity', 'device-key.pem'))).toBe(false);
    expect(existsSync(join(fresh, 'secrets.json'))).toBe(false);
    const moved = await world.startPeer({ username: 'alice', folder: 'alice-new', tracker, password: PASSWORD });
    expect(await keyOf(fresh)).not.toBe(await keyOf(old));
    const here = await RunningPeer.find({ 'data-dir': fresh });
    const { devices } = await here.run('devices.list', {});
    expect(devices.filter(({ revoked }) => !revoked)).toHaveLength(2);
    // The new one is not called as the old one.
    expect(devices.filter(({ name }) => name === OLD).map(({ current }) => current)).toEqual([false]);
    expect((await messagesAt(fresh)).slice(0, MESSAGES)).toEqual(texts);
    await here.run('message.post', { conversation: '#general', message: 'from the new machine' });
    await here.close();
    for (const dataDir of [old, fresh]) {
      for (;;) {
        const all = await messagesAt(dataDir);
        if (all.includes('after the backup') && all.includes('from the new machine')) {
          expect(all).toHaveLength(MESSAGES + 2);
          break;
        }
        await new Promise((again) => setTimeout(again, 100));
      }
    }
    await moved.stop();
  },
  lasting,
);

test(
  'an export holds all messages and files for people without Parley, for nobody else, and overwrites nothing',
  async () => {
    const dataDir = join(world.folder, 'alice');
    const peer = await RunningPeer.find({ 'data-dir': dataDir });
    const bytes = randomBytes(300_000);
    const query = new URLSearchParams({ conversation: '#general', name: '../plan.bin' });
    await peer.send(`api/files?${query}`, Readable.from([bytes]), bytes.length);
    await peer.close();
    const before = await messagesAt(dataDir);
    expect(await parley(['export', '--data-dir', dataDir, '-o', world.folder])).toMatchObject({ code: 0 });
    const [name = ''] = (await readdir(world.folder)).filter((each) => each.endsWith('.zip'));
    expect(name).toMatch(/^parley-alice-\d{4}-\d\d-\d\d\.zip$/);
    const archive = join(world.folder, name);
    expect((await stat(archive)).mode & 0o777).toBe(0o600);
    const files = unzip(await readFile(archive));
    const texts = linesOf(files.get('conversations/channel-general.jsonl')).filter(({ kind }) => kind === 'text');
    expect(texts.map(({ message }) => message)).toEqual(before);
    expect(files.get('files/00001-_plan.bin')).toEqual(bytes);
    const none = join(world.folder, 'not-there');
    const nowhere = await parley(['export', '--data-dir', dataDir, '-o', join(none, 'data.zip')]);
    expect(nowhere).toMatchObject({
      code: 1,
      said: expect.stringMatching(/^parley: There is no .*not-there\. Make that/m),
    });
    const again = await parley(['export', '--data-dir', dataDir, '-o', archive]);
    expect(again).toMatchObject({ code: 1, said: expect.stringMatching(/is there already/) });
    expect((await readdir(world.folder)).filter((each) => each.endsWith('.part'))).toEqual([]);
  },
  lasting,
);

test(
  'nothing is restored with a wrong passphrase, from a piece, from a newer version, or where somebody has messages',
  async () => {
    const target = join(world.folder, 'nowhere');
    const file = join(world.folder, 'bad.age');
    const refused = async (
      bytes: Uint8Array,
      text: RegExp,
      dataDir = target,
      passphrase = PASSPHRASE,
    ): Promise<void> => {
      await writeFile(file, bytes);
      const restoring = restoreBackup({ input: file, passphrase, dataDirOf: () => dataDir });
      await expect(restoring).rejects.toMatchObject({ code: 'bad_request', message: expect.stringMatching(text) });
      expect(existsSync(target)).toBe(false);
      expect((await readdir(world.folder)).filter((name) => name.includes('restoring'))).toEqual([]);
    };
    const first = [MANIFEST, JSON.stringify({ version: 1, username: 'eve', created: '2026' })] as const;
    const whole = await sealed([first, ['history.db', 'x'.repeat(200_000)]]);
    await refused(whole, /passphrase does not open/, target, 'another passphrase');
    for (const size of [0, 10, 200, 70_000, whole.length - 1]) await refused(whole.slice(0, size), /damaged/);
    const turned = Buffer.from(whole);
    turned[100_000] = (turned[100_000] ?? 0) ^ 1;
    await refused(turned, /damaged/);
    await refused(randomBytes(5000), /damaged/);
    await refused(await sealed([[MANIFEST, '{"version":99}']]), /newer version/);
    await refused(await sealed([[MANIFEST, '{"version":1}']]), /damaged/);
    await refused(await sealed([first]), /damaged/);
    await refused(await sealed([first, ['history.db', 'x'], ['history.db', 'x']]), /damaged/);
    for (const name of ['../escaped', 'identity/device-key.pem', '/etc/passwd', 'blobs/aa/../../x']) {
      await refused(await sealed([first, [name, 'x']]), /damaged/);
    }
    await refused(whole, /is in use/, join(world.folder, 'alice'));
    const again = await parley(['backup', backup, '--data-dir', join(world.folder, 'alice')]);
    expect(again).toMatchObject({ code: 1, said: expect.stringMatching(/is there already/) });
    const nowhere = join(world.folder, 'not-there', 'b.age');
    expect(await parley(['backup', nowhere, '--data-dir', join(world.folder, 'alice')])).toMatchObject({
      code: 1,
      said: expect.stringMatching(/There is no .*not-there\. Make that folder/),
    });
    await expect(
      restoreBackup({ input: world.folder, passphrase: PASSPHRASE, dataDirOf: () => target }),
    ).rejects.toMatchObject({ code: 'bad_request', message: expect.stringMatching(/That is a folder/) });
    // Under /proc a recursive mkdir of Node's never ends.
    for (const place of ['/proc/nope', '/proc/nope/deeper'])
      expect(await parley(['restore', backup, '--data-dir', place], PASSPHRASE, 30_000)).toMatchObject({
        code: 1,
        said: expect.stringMatching(/^parley: \/proc.* cannot be written .*--data-dir/m),
      });
    const short = await parley(['backup', `${backup}.2`, '--data-dir', join(world.folder, 'alice')], 'short');
    expect(short).toMatchObject({ code: 1, said: expect.stringMatching(/at least 8/) });
  },
  lasting,
);

test(
  'killed at any moment, a restore leaves all or nothing, and can be done again',
  async () => {
    for (const [at, ms] of [700, 1500].entries()) {
      const dataDir = join(world.folder, `killed-${at}`);
      await parley(['restore', backup, '--data-dir', dataDir], PASSPHRASE, ms);
      if (existsSync(dataDir)) expect(existsSync(join(dataDir, 'identity', 'retire.json'))).toBe(true);
      else expect(await parley(['restore', backup, '--data-dir', dataDir])).toMatchObject({ code: 0 });
    }
  },
  lasting,
);

test(
  'a restored history is opened as nobody else’s',
  async () => {
    const dataDir = join(world.folder, 'owned');
    expect(await parley(['restore', backup, '--data-dir', dataDir])).toMatchObject({ code: 0 });
    const other = await parley(['peer', '--data-dir', dataDir, '--username', 'mallory', '--peer-port', '0', '--json']);
    expect(other).toMatchObject({ code: 1, said: expect.stringMatching(/those of alice/) });
  },
  lasting,
);

/** What somebody makes who has the passphrase and means harm. */
async function sealed(files: readonly (readonly [name: string, content: string])[]): Promise<Uint8Array> {
  const archive = pack();
  for (const [name, content] of files) archive.entry({ name }, content);
  archive.finalize();
  const pieces: Buffer[] = [];
  for await (const piece of archive as unknown as Readable) pieces.push(piece as Buffer);
  const encrypter = new Encrypter();
  encrypter.setScryptWorkFactor(10);
  encrypter.setPassphrase(PASSPHRASE);
  return encrypter.encrypt(Buffer.concat(pieces));
}
