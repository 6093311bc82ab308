/** What is said of servers that cannot be used, and whether it is waited for. Real servers: of NATS, and of other kinds. */
import { afterAll, describe, expect, test } from '@jest/globals';
import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile, writeFile } from 'node:fs/promises';
import { createServer as createHttpServer } from 'node:http';
import { createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { TempDir } from '../../../test/support/temp-dir.js';
import { freePort } from '../../../scripts/daemon/free-ports.js';
import { systemClock } from '../../clock.js';
import { natsProgram } from '../../cluster/nats-program.js';
import { givenServers } from '../../cluster/servers.js';
import { NotYet } from '../../retry.js';
import { silent } from '../../testing/test-tracker.js';
import { connectNats, waitingFor, whatIsWrong } from './connection.js';
import { openNatsStore } from './nats-store.js';

const folder = new TempDir();
afterAll(() => folder.remove());

/**
 * @param ready what it writes once it listens: for other servers it does so a little later than for clients
 * @returns where it listens for clients
 */
async function natsServer(config: string, ready = 'Server is ready'): Promise<number> {
  const port = await freePort();
  const own = await folder.sub('nats');
  await writeFile(join(own, 'nats.conf'), `listen: "127.0.0.1:${port}"\n${config.replaceAll('OWN', own)}`);
  const child = spawn(await natsProgram(), ['-c', join(own, 'nats.conf')], { stdio: ['ignore', 'ignore', 'pipe'] });
  const ended = once(child, 'exit');
  folder.closing(child, async () => {
    child.kill('SIGKILL');
    await ended;
  });
  let said = '';
  await new Promise<void>((resolve, reject) => {
    child.stderr.on('data', (part) => (said += String(part)).includes(ready) && resolve());
    child.once('exit', () => reject(new Error(said)));
  });
  return port;
}

async function listening(server: Server): Promise<number> {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  folder.closing(server, async () => void server.close());
  return (server.address() as AddressInfo).port;
}

/** Says this to whoever connects, and nothing else. */
const saying = (text: string) =>
  listening(
    createServer((socket: Socket) => {
      socket.on('error', () => undefined).resume();
      folder.closing(socket, async () => void socket.destroy());
      socket.write(text);
    }),
  );

async function certificate(names: string): Promise<{ block: string; file: string }> {
  const own = await folder.sub('tls');
  const [file, key] = [join(own, 'c.pem'), join(own, 'k.pem')];
  const request = ['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-days', '2'];
  const made = ['-subj', '/CN=nats', '-addext', `subjectAltName=${names}`, '-keyout', key, '-out', file];
  await promisify(execFile)('openssl', [...request, ...made]);
  return { file, block: `cert_file: "${file}", key_file: "${key}"` };
}

const PASSWORD = 'authorization { user: u, password: p }';

/** What a start hears, and after how long without a change it ends; undefined: it waits. */
async function heard(address: string, ca?: string): Promise<{ says: string; ends: number | undefined }> {
  const error: unknown = await connectNats({ ...givenServers(address), ...(ca === undefined ? {} : { ca }) }).then(
    async ({ connection }) => connection.close(),
    (reason: unknown) => reason,
  );
  if (!(error instanceof NotYet)) throw new Error('it was connected', { cause: error });
  return { says: error.message, ends: error.endsAfterMs };
}

const DIES = expect.any(Number);

test('addresses are taken as they may be written, and else refused with how', () => {
  const { servers, user, password } = givenServers('nats://u%40x:p%25@[::1], nats://nats.example,nats://10.0.0.7:4333');
  expect([servers, user, password]).toEqual([['[::1]:4222', 'nats.example:4222', '10.0.0.7:4333'], 'u@x', 'p%']);
  expect(() => givenServers('nats://u:100%@10.0.0.5')).toThrow('write a percent sign');
  for (const wrong of ['', '10.0.0.5:4222', 'http://10.0.0.5', 'nats://', 'nats://a,'])
    expect(() => givenServers(wrong)).toThrow('--nats takes addresses');
  // Also with each of them.
  expect(givenServers('tls://u:p@a,tls://u:p@b,tls://c')).toMatchObject({ user: 'u', password: 'p', ca: '' });
  for (const mixed of [
    'nats://u:p@a,tls://b',
    'tls://u:p@a,nats://b',
    'nats://a,nats://u:p@b',
    'nats://u:p@a,nats://u:q@b',
  ])
    expect(() => givenServers(mixed)).toThrow('all servers have one user');
});

describe('a server that cannot be used is told from others:', () => {
  test('nothing listens, no host of that name, and both, of which one is worth waiting for', async () => {
    const port = await freePort();
    expect(await heard(`nats://127.0.0.1:${port}`)).toEqual({
      says: `No NATS server can be used (127.0.0.1:${port}: nothing listens there). Start nats-server there, or name another port.`,
      ends: undefined,
    });
    expect(await heard('nats://nobody.invalid')).toEqual({
      says: 'No NATS server can be used (nobody.invalid:4222: there is no host of that name). Check --nats for a typing error.',
      ends: DIES,
    });
    expect(await heard(`nats://nobody.invalid,nats://127.0.0.1:${port}`)).toEqual({
      says: expect.stringMatching(
        /nobody\.invalid:4222: there is no host.*nothing listens there\)\. Check --nats.* Start/,
      ),
      ends: undefined,
    });
  });

  test('a wrong password, none, and a server that was too busy to look at one', async () => {
    const port = await natsServer(PASSWORD);
    const next = /\. Write those of its configuration into the address, as nats:/;
    for (const [user, why] of [
      ['u:wrong@', 'it refuses this user and password'],
      ['', 'it wants a user and a password'],
    ] as const) {
      const { says, ends } = await heard(`nats://${user}127.0.0.1:${port}`);
      expect([says, ends]).toEqual([expect.stringContaining(why), DIES]);
      expect(says).toMatch(next);
    }
    const busy = await natsServer('authorization { user: u, password: p, timeout: 0.000001 }');
    expect((await heard(`nats://u:p@127.0.0.1:${busy}`)).ends).toBeUndefined();
  });

  test('certificates, and TLS where there is none', async () => {
    const [mine, other] = [await certificate('DNS:localhost'), await certificate('DNS:elsewhere.example')];
    const port = await natsServer(`tls { ${mine.block} }`);
    const elsewhere = await natsServer(`tls { ${other.block} }`);
    const untrusted = { says: expect.stringMatching(/not trusted here\)\. Set NODE_EXTRA_CA_CERTS/), ends: DIES };
    expect(await heard(`tls://localhost:${port}`)).toEqual(untrusted);
    expect(await heard(`tls://localhost:${port}`, await readFile(other.file, 'utf8'))).toEqual(untrusted);
    expect(await heard(`tls://localhost:${elsewhere}`, await readFile(other.file, 'utf8'))).toEqual({
      says: expect.stringMatching(/certificate is for another name\)\. Name it by a name/),
      ends: DIES,
    });
    const plain = await natsServer('');
    expect(await heard(`tls://localhost:${plain}`)).toEqual({
      says: expect.stringMatching(/it does not speak TLS\)\. Write nats:/),
      ends: DIES,
    });
    const wantsOne = await natsServer(`tls { ${mine.block}, ca_file: "${mine.file}", verify: true }`);
    expect(await heard(`tls://localhost:${wantsOne}`, await readFile(mine.file, 'utf8'))).toEqual({
      says: expect.stringMatching(/wants a certificate of its clients\)\. Take "verify"/),
      ends: DIES,
    });
  });

  test('something else, another port of the same server, and a server that hangs', async () => {
    const web = await listening(createHttpServer((_request, response) => response.end('hello')));
    const route = await freePort();
    await natsServer(`cluster { name: x, listen: "127.0.0.1:${route}" }`, 'Listening for route connections');
    const dies = async (port: number, why: RegExp) => {
      const { says, ends } = await heard(`nats://127.0.0.1:${port}`);
      expect([says, ends]).toEqual([expect.stringMatching(why), DIES]);
      expect(says).toMatch(/Name the port at which .* takes clients, mostly 4222\./);
    };
    await Promise.all([
      dies(web, /a web server \(HTTP\) answers there/),
      dies(await saying('220 mail.example ESMTP\r\n'), /a server that is no NATS server answers there/),
      dies(await saying('SSH-2.0-OpenSSH_9.2\r\n'), /a server for SSH answers there/),
      dies(await saying('INFO {"client_id": "not a number"}\r\n'), /no NATS server answers there/),
      dies(await saying('x'.repeat(200_000)), /no NATS server answers there/),
      dies(route, /at that port servers talk to each other/),
    ]);
    expect(await heard(`nats://127.0.0.1:${await saying('')}`)).toEqual({
      says: expect.stringMatching(/takes the connection and says nothing.*Look into the log/),
      ends: undefined,
    });
    // As what passes connections on to a server that is away, and one that wants TLS at once.
    const closing = [
      createServer((socket) => void socket.on('error', () => undefined).end()),
      createServer((socket) => void socket.on('error', () => undefined).once('data', () => socket.resetAndDestroy())),
    ];
    for (const port of await Promise.all(closing.map(listening))) {
      expect(await heard(`nats://127.0.0.1:${port}`)).toEqual({
        says: expect.stringMatching(/it ends the connection without a word\)\. Look into the log.*"handshake_first"/),
        ends: undefined,
      });
    }
    const full = await saying(`INFO {"client_id": 1}\r\n-ERR 'maximum connections exceeded'\r\n`);
    expect(await heard(`nats://127.0.0.1:${full}`)).toEqual({
      says: expect.stringMatching(/maximum connections exceeded\)\. Look into the log/),
      ends: undefined,
    });
  });
});

test('a connection is kept to all servers, also to those that were not there yet', async () => {
  const [late, first] = [await freePort(), await natsServer('')];
  const servers = givenServers(`nats://127.0.0.1:${late},nats://127.0.0.1:${first}`);
  const { connection } = await connectNats(servers);
  expect(connection.getServer()).toBe(`127.0.0.1:${first}`);
  expect(await whatIsWrong(servers)).toMatch(
    `Some NATS servers cannot be used (127.0.0.1:${late}: nothing listens there)`,
  );
  expect(await whatIsWrong({ ...servers, servers: servers.servers.slice(0, 1) })).toMatch(/^No NATS server/);
  expect(await whatIsWrong(givenServers(`nats://127.0.0.1:${first}`))).toBeUndefined();
  // Then it is for want of the others that nothing can be stored.
  expect([waitingFor(servers).next, waitingFor({ ...servers, named: '--cluster' }).next]).toEqual([
    expect.stringMatching(/^Start the other NATS servers/),
    undefined,
  ]);
  const now = once(await startsAt(late), 'connection');
  await connection.reconnect();
  await now;
  await connection.close();
});

/** Something that a client can connect to. */
async function startsAt(port: number): Promise<Server> {
  const server = createServer((socket) => void socket.on('error', () => undefined).resume());
  server.on('connection', (socket: Socket) => folder.closing(socket, async () => void socket.destroy()));
  server.listen(port, '127.0.0.1');
  await once(server, 'listening');
  return folder.closing(server, async () => void server.close());
}

test('servers that keep no records end the start, when it has stood', async () => {
  const permissions = 'users: [{user: u, password: p, permissions: {publish: ["x.>"]}}]';
  const accounts = 'accounts { A { users: [{user: u, password: p}] }, B { jetstream: enabled } }';
  const jetstream = 'jetstream { store_dir: "OWN/js" }';
  const cases = [
    [`${jetstream}\n${PASSWORD}`, /stands alone\. Make a cluster of three/],
    [PASSWORD, /JetStream is not enabled\. Write jetstream \{\}/],
    [`${jetstream}\n${accounts}`, /not enabled for this account\. Write jetstream: enabled/],
    [
      `${jetstream}\nauthorization { ${permissions} }`,
      /does not permit .*Permissions Violation.* Take the permissions of this user out/,
    ],
  ] as const;
  const starts = cases.map(async ([config, why]) => {
    const servers = givenServers(`nats://u:p@127.0.0.1:${await natsServer(config)}`);
    const opened = openNatsStore({ servers, clock: systemClock, log: silent, replicas: 3, name: 'test' });
    await expect(opened).rejects.toMatchObject({ name: 'StartError', message: expect.stringMatching(why) });
  });
  await Promise.all(starts);
});

test('a server that hangs is waited for without a connection more at each try', async () => {
  const server = createServer((socket) => void socket.on('error', () => undefined).resume());
  const port = await listening(server);
  const open: Socket[] = [];
  server.on('connection', (socket: Socket) => open.push(socket));
  await Promise.all([1, 2].map(() => heard(`nats://127.0.0.1:${port}`)));
  expect(open.length).toBe(2);
  await Promise.all(open.map(async (socket) => socket.closed || once(socket, 'close')));
});
