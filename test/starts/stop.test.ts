/** A daemon that is asked to stop while its start waits for another server, as real processes: it obeys, and does not start first. So does a load. */
import { afterAll, expect, jest, test } from '@jest/globals';
import { spawn, type ChildProcessWithoutNullStreams as Child } from 'node:child_process';
import { once } from 'node:events';
import { readdir, readFile } from 'node:fs/promises';
import { createServer, type AddressInfo, type Server } from 'node:net';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { hasProgram } from '../../scripts/bootstrap/debian.mjs';
import { freePort } from '../../scripts/daemon/free-ports.js';
import { projectRoot } from '../support/project.js';
import { TempDir } from '../support/temp-dir.js';

const folder = new TempDir();
afterAll(() => folder.remove());
// A start takes seconds where the machine is busy.
jest.setTimeout(120_000);

/** Takes connections, and says nothing. */
async function silentServer(): Promise<{ server: Server; port: number }> {
  const server = createServer((socket) => void socket.on('error', () => undefined).resume());
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  folder.closing(server, async () => void server.close());
  return { server, port: (server.address() as AddressInfo).port };
}

/** @returns how it ended, after it was asked to once `waits` */
async function stopped(args: readonly string[], waits: (child: Child) => Promise<unknown>, env = {}) {
  return ended('parley.js', [...args, '--json'], env, async (child) => {
    await waits(child);
    child.kill('SIGTERM');
  });
}

/** @returns how it ended, after `work` */
async function ended(program: string, args: readonly string[], env: object, work: (child: Child) => Promise<unknown>) {
  const inherited = Object.entries(process.env).filter(([name]) => !name.startsWith('PARLEY_'));
  const child = spawn(process.execPath, [join(projectRoot, 'dist/scripts', program), ...args], {
    env: { ...Object.fromEntries(inherited), ...env },
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  const [out, err] = [text(child.stdout), text(child.stderr)];
  const exited = once(child, 'exit');
  folder.closing(child, async () => {
    child.kill('SIGKILL');
    await exited;
  });
  await Promise.race([work(child), exited]);
  const [code] = (await exited) as [number | null];
  return { code, out: await out, err: await err };
}

async function saying(stream: NodeJS.ReadableStream, what: string): Promise<void> {
  let all = '';
  await new Promise<void>((resolve) =>
    stream.on('data', (part) => {
      if ((all += String(part)).includes(what)) resolve();
    }),
  );
}

const directory = async () => ['--data-dir', await folder.sub('data')];

test.each([
  [
    'a tracker over NATS',
    async (port: number) => ['tracker', '--port', '0', '--nats', `nats://127.0.0.1:${port}`, ...(await directory())],
  ],
  ['a relay', async (port: number) => ['relay', '--port', '0', '--tracker', `http://127.0.0.1:${port}`]],
  ['a proxy', async (port: number) => ['proxy', '--port', '0', '--backend', `http://127.0.0.1:${port}`]],
  [
    'a peer that signs in',
    async (port: number) => [
      ...['peer', '--username', 'alice', '--peer-port', '0', '--tracker', `http://127.0.0.1:${port}`],
      ...(await directory()),
    ],
  ],
] as const)('%s, whose server says nothing', async (_what, flags) => {
  const { server, port } = await silentServer();
  const connected = once(server, 'connection');
  const { code, out, err } = await stopped(await flags(port), () => connected, {
    PARLEY_PASSWORD: 'a long one, of alice',
  });
  expect([code, out, err]).toEqual([0, '', expect.not.stringContaining('ParleyError')]);
});

test('a peer whose password is to come over stdin', async () => {
  const flags = ['peer', '--username', 'alice', '--peer-port', '0', '--password-stdin', ...(await directory())];
  // A line that does not end. More of it goes once it is read.
  const reads = async ({ stdin }: Child): Promise<void> => {
    stdin.on('error', () => undefined);
    if (!stdin.write('x'.repeat(500_000))) await once(stdin, 'drain');
  };
  expect(await stopped(flags, reads)).toMatchObject({ code: 0, out: '' });
});

(hasProgram('nats-server') ? test : test.skip)(
  'a tracker without the others of its cluster, with its server',
  async () => {
    const port = await freePort();
    const members = ['127.0.0.1', '127.0.0.2', '127.0.0.3'].map((host) => `${host}:${port}`).join(',');
    const flags = ['tracker', '--port', String(port), '--cluster', members, ...(await directory())];
    const { code, out, err } = await stopped(flags, ({ stderr }) => saying(stderr, 'nothing listens there'));
    expect([code, out]).toEqual([0, '']);
    expect(err).toMatch(/127\.0\.0\.3:\d+: nothing listens there\)\. Start the tracker there\./);
    // Its server has ended with it: the port is free.
    const again = createServer().listen(port + 2000, '127.0.0.1');
    await once(again, 'listening');
    again.close();
  },
);

/** The pids of its children that run this program. */
async function childrenOf({ pid = 0 }: Child, program: string): Promise<number[]> {
  const pids = (await readFile(`/proc/${pid}/task/${pid}/children`, 'utf8')).split(' ').filter((one) => one !== '');
  const lines = await Promise.all(pids.map((one) => readFile(`/proc/${one}/cmdline`, 'utf8')));
  return pids.filter((_, at) => lines[at]?.includes(program) === true).map(Number);
}

const onLinux = process.platform === 'linux' ? test : test.skip;

/** A load that stays for an hour. @returns how it ended after `harm`, and what is left of its folder */
async function loaded(harm: (child: Child) => Promise<void>) {
  const temp = await folder.sub('temp');
  const flags = ['--peers', '2', '--within', '0', '--minutes', '60', '--processes', '1'];
  const end = await ended('load/main.js', flags, { TMPDIR: temp }, async (child) => {
    await saying(child.stderr, 'they stay');
    await harm(child);
  });
  return { ...end, left: await readdir(temp) };
}

test('a load that is stopped leaves nothing behind', async () => {
  const end = await loaded(async (child) => void child.kill('SIGINT'));
  expect(end).toEqual({ code: 1, out: '', err: expect.stringContaining('Stopped before'), left: [] });
});

onLinux('a load does not go on without its peers', async () => {
  const end = await loaded(async (child) => {
    for (const pid of await childrenOf(child, 'crowd-process')) process.kill(pid, 'SIGKILL');
  });
  expect(end).toEqual({ code: 1, out: '', err: expect.stringContaining('has ended'), left: [] });
});

test('a load at a tracker that is not there, or at no address, says so', async () => {
  const address = `127.0.0.1:${await freePort()}`;
  const nowhere = async (tracker: string) => ended('load/main.js', ['--tracker', tracker], {}, async () => undefined);
  expect(await nowhere(address)).toMatchObject({
    code: 1,
    err: expect.stringContaining(`No tracker runs at http://${address}`),
  });
  expect(await nowhere('ftp://10.0.0.5')).toMatchObject({
    code: 1,
    err: expect.stringMatching(/--tracker is the address/),
  });
});
