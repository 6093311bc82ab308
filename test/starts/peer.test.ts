/** `parley peer` on a data directory with one broken file, as a real process. */
import { describe, expect, jest, test } from '@jest/globals';
import { cp, mkdir, readFile, writeFile } from 'node:fs/promises';
import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';
import { join } from 'node:path';
import * as broken from './breakages.js';
import { expectRefusal, tryStarts, type Case, type Result } from './profiles.js';

const KEY = /not an Ed25519 key\. Restore it/;
const unprivileged = true;
const DOCUMENTS: readonly Omit<Case, 'file'>[] = [
  { is: 'empty', by: broken.empty, says: /not valid JSON.*Correct it/ },
  { is: 'not JSON', by: broken.nonsense, says: /not valid JSON.*Correct it/ },
  { is: 'an array', by: broken.holds('[]'), says: /one JSON object.*Correct it/ },
  { is: 'of a newer version', by: broken.holds('{"version":2}'), says: /newer version.*Update Parley/ },
  { is: 'of no version', by: broken.holds('{"version":"2"}'), says: /version must.*Correct it/ },
  { is: 'a directory', by: broken.directory, says: /is a directory.*start again/ },
  { is: 'a pipe', by: broken.pipe, says: /a pipe or a device.*start again/ },
  { is: 'a link to nowhere', by: broken.danglingLink, says: /is not there.*start again/ },
  { is: 'not to be read', by: broken.forbidden, unprivileged, says: /cannot be read.*Give this account/ },
];
const cases: readonly Case[] = [
  ...['settings.json', 'secrets.json'].flatMap((file) => DOCUMENTS.map((one) => ({ file, ...one }))),
  { file: 'identity/device-key.pem', is: 'empty', by: broken.empty, says: KEY },
  { file: 'identity/device-key.pem', is: 'cut', by: broken.cut, says: KEY },
  { file: 'identity/device-key.pem', is: 'of another kind', by: broken.keyOfAnotherKind, says: KEY },
  { file: 'identity/device-key.pem', is: 'a directory', by: broken.directory, says: /is a directory/ },
  { file: 'identity/device-key.pem', is: 'a link to nowhere', by: broken.danglingLink, says: /is not there/ },
  { file: 'identity/device-key.pem', is: 'not to be read', by: broken.forbidden, unprivileged, says: /this account/ },
  { file: 'identity/ca.pem', is: 'empty', by: broken.empty, says: /not the certificate of a tracker/ },
  { file: 'identity/ca.pem', is: 'cut', by: broken.cut, says: /not the certificate of a tracker/ },
  { file: 'identity/ca.pem', is: 'a pipe', by: broken.pipe, says: /a pipe or a device/ },
  { file: 'identity/former-authorities.json', is: 'not JSON', by: broken.nonsense, says: /cannot be read. Restore it/ },
  { file: 'identity/lineage.json', is: 'a device', by: broken.endless, says: /a pipe or a device/ },
  { file: 'history.db', is: 'of a newer version', by: broken.newerSchema, says: /newer version.*Update Parley/ },
  { file: 'history.db', is: 'a directory', by: broken.directory, says: /is a directory/ },
  { file: 'history.db', is: 'a pipe', by: broken.pipe, says: /a pipe or a device/ },
  { file: 'history.db', is: 'a link to nowhere', by: broken.danglingLink, says: /is not there/ },
  { file: 'history.db', is: 'a link to itself', by: broken.linkToItself, says: /a link to itself/ },
  { file: 'history.db', is: 'not to be read', by: broken.forbidden, unprivileged, says: /this account/ },
  { file: 'history.mend.json', is: 'a directory', by: broken.directory, says: /is a directory/ },
  { file: 'lock', is: 'no lock', by: broken.nonsense, says: /cannot be used. Remove it/ },
  { file: 'lock', is: 'a directory', by: broken.directory, says: /is a directory/ },
  { file: 'lock', is: 'a device', by: broken.endless, says: /a pipe or a device/ },
];
const taken: readonly Omit<Case, 'says'>[] = [
  { file: 'settings.json', is: 'with a byte order mark', by: broken.marked },
  { file: 'identity/certificate.pem', is: 'cut', by: broken.cut },
  { file: 'lock', is: 'empty', by: broken.empty },
];

// A start takes seconds where the machine is busy.
jest.setTimeout(120_000);

const profiles = tryStarts('peer', { cases, taken, ready: /^\{"event":"ready","username":"alice"/ });

// The platform's own data directory is told by a variable on Linux alone.
const onLinux = process.platform === 'linux' ? describe : describe.skip;
onLinux('without flags', () => {
  const ports = ['--host', '127.0.0.1', '--peer-port', '0', '--ui-port', '0'];
  /** The profiles of these users, and the start. */
  async function among(sound: boolean, content: string): Promise<Result> {
    const home = await profiles().folder();
    const peers = join(home, 'parley', 'peers');
    if (sound) await cp(await profiles().copy('peer'), join(peers, 'alice'), { recursive: true });
    await mkdir(join(peers, 'mallory'), { recursive: true });
    await writeFile(join(peers, 'mallory', 'settings.json'), content);
    return profiles().watched(join(peers, 'mallory'), peers, {
      args: ['peer', '--json', ...ports],
      env: { XDG_DATA_HOME: home },
    });
  }

  test.each(['nonsense', '{"version":2}'])('a broken profile of somebody else stops nobody: %s', async (content) => {
    const { code, stdout, stderr, before, after } = await among(true, content);
    expect(code).toBeNull();
    expect(stdout).toMatch(/^\{"event":"ready","username":"alice"/);
    expect(stderr).toMatch(/passed over: .*mallory.settings\.json/);
    expect(after).toEqual(before);
  });

  test('a broken profile alone is named', async () => {
    const result = await among(false, 'nonsense');
    expectRefusal(result, join(result.dataDir, 'mallory', 'settings.json'), /Correct it/);
  });
});

test('a start that fails once its windows can be opened shuts them again, and ends', async () => {
  const other = createServer().listen(0, '127.0.0.1');
  await once(other, 'listening');
  const { port } = other.address() as AddressInfo;
  const dataDir = await profiles().copy('peer');
  const { code, stdout, stderr } = await profiles().watched(dataDir, dataDir, {
    args: ['peer', '--json', '--data-dir', dataDir, '--peer-port', '0', '--ui-port', '0', '--irc-port', String(port)],
  });
  other.close();
  expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
  expect(stderr).toContain(`port ${port} is in use`);
});

test('what a peer writes says of which version it is', async () => {
  const dataDir = await profiles().copy('peer');
  for (const name of ['settings.json', 'secrets.json']) {
    expect(JSON.parse(await readFile(join(dataDir, name), 'utf8'))).toMatchObject({ version: 1 });
  }
});
