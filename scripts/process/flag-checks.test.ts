/** Flags that several commands have: what is wrong is told with the flag to change, before anything starts. */
import { afterAll, describe, expect, test } from '@jest/globals';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { TempDir } from '../../test/support/temp-dir.js';
import { certificateToTrust, checkPorts, checkTrackers } from './flag-checks.js';

test.each([-1, 0.5, 65_536, Number.NaN, Number.POSITIVE_INFINITY])('%p is no port', (port) => {
  expect(() => checkPorts({ '--port': 0, '--metrics-port': port })).toThrow('--metrics-port');
});
test('a port that is not given is not looked at', () => {
  expect(() => checkPorts({ '--port': 65_535, '--irc-port': undefined })).not.toThrow();
});
test.each(['', 'a b', 'ftp://a', 'http://'])('"%s" is no address of a tracker', (address) => {
  expect(() => checkTrackers(['http://127.0.0.1:8001', address])).toThrow('--tracker');
});

describe('a certificate to trust', () => {
  const folder = new TempDir();
  afterAll(() => folder.remove());

  test.each([
    ['is empty', ''],
    ['holds something else', 'hello'],
    ['holds a broken one', '-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n'],
  ])('that %s is refused with the file and the flag', async (_what, text) => {
    const file = join(folder.path, 'ca.pem');
    await writeFile(file, text);
    await expect(certificateToTrust(file, '--backend-ca')).rejects.toThrow(/ca\.pem is not .*--backend-ca/);
  });
  test('that is a folder, or is not there, is named', async () => {
    await expect(certificateToTrust(folder.path, '--backend-ca')).rejects.toMatchObject({ path: folder.path });
    const missing = join(folder.path, 'none.pem');
    await expect(certificateToTrust(missing, '--backend-ca')).rejects.toMatchObject({ path: missing });
    expect(await certificateToTrust(undefined, '--backend-ca')).toBeUndefined();
  });
});
