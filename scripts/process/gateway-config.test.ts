/** What is wrong with how a gateway is started is told with its own flags, in one line. */
import 'reflect-metadata'; // Needed by @peculiar/x509, before it.
import { generateKeyPairSync } from 'node:crypto';
import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import { createServer as createHttpServer } from 'node:http';
import { createServer, type AddressInfo, type Server } from 'node:net';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { makeCertificate } from '../../peer/gateway/self-made.js';
import { TempDir } from '../../test/support/temp-dir.js';
import { runCommandLine } from '../cli.js';
import { gatewayConfig, lookForTracker, startOwnTracker, type GatewayFlags } from './gateway-config.js';

const silent = () => undefined;
const quiet = { debug: silent, info: silent, warn: silent, error: silent };

let folder: TempDir;
let holders: Server[];

beforeEach(() => {
  folder = new TempDir();
  holders = [];
});
afterEach(async () => {
  for (const server of holders) server.close();
  await folder.remove();
});

async function holding(server: Server): Promise<number> {
  holders.push(server);
  await once(server.listen(0, '127.0.0.1'), 'listening');
  return (server.address() as AddressInfo).port;
}

const flags = (given: Partial<GatewayFlags>): GatewayFlags => ({
  ...{ host: '127.0.0.1', 'web-port': 0, 'ws-port': 0, 'line-port': 0, 'irc-port': 0, 'peer-port': 0 },
  ...{ 'tracker-port': 0, 'allow-host': [], idle: 60, json: true, 'log-level': 'silent', ...given },
});

test('a port of its own tracker that is in use is named with the flag of a gateway', async () => {
  const port = await holding(createServer());
  const errors: string[] = [];
  const handler = async (): Promise<void> => {
    await startOwnTracker(flags({ 'tracker-port': port }), folder.path, quiet);
  };
  await runCommandLine({
    ...{ argv: ['gateway', '--tracker-port', String(port)], env: {}, version: '1', print: silent },
    printError: (text) => void errors.push(text),
    commands: [
      {
        ...{ name: 'gateway', describe: 'gateway' },
        load: async () => ({ builder: { 'tracker-port': { type: 'number' } }, handler }),
      },
    ],
  });
  expect(errors).toEqual([`parley: port ${port} is in use. Choose another one with --tracker-port.`]);
});

test('where further names lead to it, who comes first is not the admin of its tracker', async () => {
  const alone = await startOwnTracker(flags({}), join(folder.path, 'alone'), quiet);
  const named = await startOwnTracker(flags({ 'allow-host': ['chat.example'] }), join(folder.path, 'named'), quiet);
  expect([alone?.setup, named?.setup?.admin, named?.registration]).toEqual([undefined, true, 'open']);
  await Promise.all([alone?.close(), named?.close()]);
});

describe('a certificate that was given', () => {
  const given = async (cert: string | undefined, key: string): Promise<unknown> => {
    const [certFile, keyFile] = [join(folder.path, 'cert.pem'), join(folder.path, 'key.pem')];
    if (cert !== undefined) await writeFile(certFile, cert);
    await writeFile(keyFile, key);
    return gatewayConfig(flags({ 'tls-cert': certFile, 'tls-key': keyFile }), folder.path, undefined);
  };

  test('and is none, is not there, or has another key, is named with its flag', async () => {
    const { cert, key } = await makeCertificate(['localhost'], Date.now());
    const other = generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey.export({
      type: 'pkcs8',
      format: 'pem',
    });
    await expect(given(undefined, key)).rejects.toThrow(/cert\.pem cannot be read .*--tls-cert/);
    await expect(given('garbage', 'garbage')).rejects.toThrow(/cert\.pem and .*key\.pem are no .*--tls-cert/);
    await expect(given('', '')).rejects.toThrow(/--tls-cert/);
    await expect(given(cert, String(other))).rejects.toThrow(/do not belong together.*--tls-cert/);
    expect(await given(cert, key)).toMatchObject({ tls: { cert, key } });
  });
});

describe('a tracker elsewhere', () => {
  const warnings = async (...trackers: string[]): Promise<string[]> => {
    const said: string[] = [];
    const log = { ...quiet, warn: (_facts: object, text: string) => void said.push(text) };
    await lookForTracker({ trackers, trackerCa: undefined }, log);
    return said;
  };

  test('that does not answer, or is none, is said at the start', async () => {
    const gone = await holding(createServer());
    const web = await holding(createHttpServer((_request, response) => void response.end('hello')));
    const closed = once(holders[0] ?? createServer(), 'close');
    holders[0]?.close();
    await closed;
    const away = `http://127.0.0.1:${gone}`;
    const page = `http://127.0.0.1:${web}`;
    expect(await warnings(away)).toEqual([expect.stringMatching(`${away}.*nobody new can sign in here`)]);
    expect(await warnings(page)).toEqual([
      expect.stringMatching(`${page}.*not a tracker.*nobody new can sign in here`),
    ]);
    const own = await startOwnTracker(flags({}), folder.path, quiet);
    expect(own).toBeDefined();
    expect(await warnings(away, own?.url ?? '')).toEqual([]);
    await own?.close();
  });
});
