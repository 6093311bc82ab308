/** gRPC from another language: Debian's python3-grpcio, with code that Debian's protoc makes from protocol/parley.proto; plain, and over TLS. */
import { execFile, spawn } from 'node:child_process';
import { copyFile, mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { startGrpcServer, type GrpcServer } from '../peer/doors/grpc/server.js';
import { OwnTokenHost } from '../peer/doors/own-host.js';
import { makeCertificate, type TlsFiles } from '../peer/gateway/self-made.js';
import type { Peer } from '../peer/peer.js';
import type { ConversationId } from '../protocol/ids.js';
import { has, InProcess, linked, post, until } from './support/in-process.js';
import { projectRoot } from './support/project.js';

const run = promisify(execFile);
const quiet = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} };
const general = '#general' as ConversationId;
const lasting = 180_000;
const TOKEN = 'T'.repeat(43);

let world: InProcess;
let alice: Peer;
let bob: Peer;

beforeAll(async () => {
  world = await InProcess.create();
  await mkdir(world.path('code'));
  const out = [`--python_out=${world.path('code')}`, `--grpc_out=${world.path('code')}`];
  const plugin = `--plugin=protoc-gen-grpc=/usr/bin/grpc_python_plugin`;
  await run('protoc', ['-I', join(projectRoot, 'protocol'), ...out, plugin, 'parley.proto']);
  // Not below their own folder, `grpc/`: for Python that is the package of gRPC itself.
  const shared = join(projectRoot, 'peer/doors/grpc/proto/grpc');
  await mkdir(world.path('shared'));
  for (const name of ['health', 'reflection'])
    await copyFile(join(shared, `${name}/v1/${name}.proto`), world.path(`shared/${name}.proto`));
  await run('protoc', ['-I', world.path('shared'), ...out, plugin, 'health.proto', 'reflection.proto']);
  const { url } = await world.tracker();
  alice = await world.signedIn('alice', [url]);
  bob = await world.signedIn('bob', [url]);
  await Promise.all([linked(alice, 'bob'), linked(bob, 'alice')]);
}, lasting);
afterAll(() => world.close(), lasting);

async function open(tls?: TlsFiles): Promise<GrpcServer> {
  const users = new OwnTokenHost({ services: alice.services, isToken: (text) => text === TOKEN });
  return startGrpcServer({ users, host: '127.0.0.1', port: 0, tls, log: quiet });
}

test.each(['plain', 'over TLS'])(
  'a program in Python reads, writes and goes on where it was: %s',
  async (how) => {
    const isSecure = how === 'over TLS';
    const tls = isSecure ? await makeCertificate(['localhost'], Date.now()) : undefined;
    const certificate = world.path('certificate.pem');
    if (tls) await writeFile(certificate, tls.cert);
    const door = await open(tls);
    const script = join(projectRoot, 'test/support/grpc_check.py');
    const args = ['-B', script, world.path('code'), String(door.port), TOKEN, ...(isSecure ? [certificate] : [])];
    // Debian's own, for which the package is: not one of the user's.
    const python = spawn('/usr/bin/python3', args, { stdio: ['pipe', 'pipe', 'inherit'] });
    const lines = createInterface(python.stdout)[Symbol.asyncIterator]() as AsyncIterator<string, undefined>;
    const next = async (): Promise<unknown> => {
      const { value, done } = await lines.next();
      if (done === true) throw new Error('the program in Python has ended early');
      return JSON.parse(value);
    };
    const texts = Array.from({ length: 20 }, (_, n) => `python ${n}`);
    expect(await next()).toEqual({ step: 'posted', from: 'alice', heard: texts });
    await until(bob, () => has(bob, general, 'python 19'));
    expect(await next()).toEqual({ step: 'history', messages: texts });
    expect(await next()).toEqual({ step: 'reacted', emoji: ['👍'] });
    expect(await next()).toEqual({ step: 'users', users: ['alice', 'bob'] });
    expect(await next()).toEqual({ step: 'file', same: true });
    expect(await next()).toEqual({
      ...{ step: 'refused', no_token: 'UNAUTHENTICATED', bad_token: 'UNAUTHENTICATED' },
      ...{ unknown: 'PERMISSION_DENIED', cursor: 'NOT_FOUND', late: 'DEADLINE_EXCEEDED' },
    });
    const away = Array.from({ length: 30 }, (_, n) => `away ${n}`);
    for (const text of [...away, 'the last']) await post(bob, general, text);
    await until(alice, () => has(alice, general, 'the last'));
    python.stdin.end('\n');
    expect(await next()).toEqual({ step: 'away', away: [...away, 'the last'] });
    await door.close();
  },
  lasting,
);

test(
  'a program that knows only the address asks for health, learns the service by reflection, and calls it',
  async () => {
    const tls = await makeCertificate(['localhost'], Date.now());
    await writeFile(world.path('shared.pem'), tls.cert);
    const door = await open(tls);
    const script = join(projectRoot, 'test/support/grpc_public.py');
    const args = ['-B', script, world.path('code'), String(door.port), TOKEN, world.path('shared.pem')];
    const { stdout } = await run('/usr/bin/python3', args);
    expect(JSON.parse(stdout)).toEqual({
      health: ['SERVING', 'SERVING', 'NOT_FOUND', 'SERVING'],
      services: [
        'grpc.health.v1.Health',
        ...['v1', 'v1alpha'].map((version) => `grpc.reflection.${version}.ServerReflection`),
        'parley.v1.Parley',
      ],
      unknown: 5,
      methods: [
        ...['GetFile', 'History', 'ListConversations', 'ListUsers', 'Post', 'React', 'Search', 'SendFile', 'Subscribe'],
      ],
      posted: 'by reflection',
    });
    await until(bob, () => has(bob, general, 'by reflection'));
    await door.close();
  },
  lasting,
);
