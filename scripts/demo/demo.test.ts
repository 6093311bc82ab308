import { once } from 'node:events';
import { readFile, stat, writeFile } from 'node:fs/promises';
import { createServer, type AddressInfo, type Server } from 'node:net';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { TempDir } from '../../test/support/temp-dir.js';
import { loadAccounts } from './accounts.js';
import { DemoUsage, parseDemoOptions } from './options.js';
import { AlreadyRunning, findPort, lockDataDir, NoPort, UI_PORT_OFFSET, type PortWish } from './lock-and-ports.js';
import { readableLog } from './text.js';

let own: TempDir;
let folder: string;
beforeEach(() => {
  own = new TempDir();
  folder = own.path;
});
afterEach(() => own.remove());

describe('accounts of the demo', () => {
  test('keep their passwords, which only their owner can read', async () => {
    const first = await loadAccounts(folder, ['alice', 'bob']);
    expect(new Set(first.map(({ password }) => password)).size).toBe(2);
    expect(await loadAccounts(folder, ['alice', 'bob'])).toEqual(first);
    expect((await stat(join(folder, 'passwords.json'))).mode & 0o777).toBe(0o600);
  });

  test('a further user leaves the others alone', async () => {
    const [alice] = await loadAccounts(folder, ['alice']);
    expect((await loadAccounts(folder, ['alice', 'carol']))[0]).toEqual(alice);
  });

  test('a broken file is not overwritten', async () => {
    await writeFile(join(folder, 'passwords.json'), '{');
    await expect(loadAccounts(folder, ['alice'])).rejects.toThrow(/Mend it, or start afresh with another --data-dir/);
    expect(await readFile(join(folder, 'passwords.json'), 'utf8')).toBe('{');
  });
});

describe('the lock of a data directory', () => {
  test('is held by one, and free again afterwards', () => {
    const first = lockDataDir(folder);
    expect(() => lockDataDir(folder)).toThrow(AlreadyRunning);
    first.release();
    lockDataDir(folder).release();
  });
});

describe('ports', () => {
  let holder: Server;
  let taken: number;
  const wish = (more: Partial<PortWish> = {}): PortWish => {
    return { who: 'alice', flag: '--peer-port', port: taken, insisted: false, withUi: false, ...more };
  };
  beforeEach(async () => {
    // Below the ports of UIs, so that a peer port can be tried next to it.
    for (let port = 20_000 + (process.pid % 10_000); ; port += 1) {
      holder = createServer().listen(port, '127.0.0.1');
      const held = await Promise.race([
        once(holder, 'listening').then(() => true),
        once(holder, 'error').then(() => false),
      ]);
      if (held) break;
    }
    taken = (holder.address() as AddressInfo).port;
  });
  afterEach(() => new Promise((resolve) => holder.close(resolve)));

  test('one in use is passed over', async () => {
    expect(await findPort(wish(), new Set())).toBeGreaterThan(taken);
  });

  test('one in use that a person named is refused with the flag', async () => {
    const found = findPort(wish({ insisted: true }), new Set());
    await expect(found).rejects.toThrow(`Port ${taken} for alice is in use. Choose another one with --peer-port.`);
    await expect(found).rejects.toThrow(NoPort);
  });

  test('of a peer needs that of its UI too', async () => {
    const found = findPort(wish({ port: taken - UI_PORT_OFFSET, insisted: true, withUi: true }), new Set());
    await expect(found).rejects.toThrow(`Port ${taken - UI_PORT_OFFSET} or ${taken} for alice is in use`);
  });

  test('given out before are not given out again', async () => {
    const given = new Set<number>();
    const first = await findPort(wish(), given);
    expect(await findPort(wish(), given)).not.toBe(first);
  });

  test.each([0, 55_536, 1.5, NaN])('%d is no port of a peer', async (port) => {
    await expect(findPort(wish({ port, withUi: true }), new Set())).rejects.toThrow(/takes a port from 1 to 55535/);
  });
});

describe('the command line of the demo', () => {
  test('has defaults, which are not insisted on', async () => {
    const options = await parseDemoOptions([]);
    expect(options).toMatchObject({
      trackerPort: { port: 8001, insisted: false },
      peerPort: { port: 9101, insisted: false },
      verbose: false,
    });
    expect(options?.dataDir).toMatch(/demo$/);
  });

  test('takes ports and a folder', async () => {
    expect(await parseDemoOptions(['--tracker-port', '9000', '--data-dir', folder])).toMatchObject({
      trackerPort: { port: 9000, insisted: true },
      dataDir: folder,
    });
  });

  test('refuses what it does not know', async () => {
    await expect(parseDemoOptions(['--prot', '1'])).rejects.toThrow(DemoUsage);
    await expect(parseDemoOptions(['--tracker-port'])).rejects.toThrow(DemoUsage);
    await expect(parseDemoOptions(['--prot', '1'])).rejects.toThrow(/prot.*See npm start -- --help\./);
  });
});

describe('what a daemon logs', () => {
  const line = (level: number, msg: string, err?: object): string =>
    JSON.stringify({ level, msg, ...(err && { err }) });

  test.each([
    [line(30, 'listening'), undefined],
    [line(40, 'the disk is nearly full'), 'bob: warning: the disk is nearly full'],
    [line(50, 'not saved', { message: 'ENOSPC' }), 'bob: error: not saved (ENOSPC)'],
    ['Segmentation fault', 'bob: Segmentation fault'],
    ['{"no":"log"}', 'bob: {"no":"log"}'],
    ['', undefined],
  ])('%j is shown as %j', (text, shown) => {
    expect(readableLog('bob', text, false)).toBe(shown);
  });

  test('is shown whole on demand', () => {
    expect(readableLog('bob', line(30, 'listening'), true)).toBe('bob: listening');
  });
});
