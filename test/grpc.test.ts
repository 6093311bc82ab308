/** One network: what is written by gRPC is in other windows, and the reverse; once, in order, and over a reconnection. */
import 'reflect-metadata'; // Needed by @peculiar/x509, before it.
import { createHash, randomBytes } from 'node:crypto';
import { fromBinary } from '@bufbuild/protobuf';
import { FileDescriptorProtoSchema, type FileDescriptorProto } from '@bufbuild/protobuf/wkt';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { status } from '@grpc/grpc-js';
import { runCommand } from '../peer/commands/run.js';
import { file_parley } from '../peer/doors/grpc/generated/parley_pb.js';
import { startGrpcServer, type GrpcServer } from '../peer/doors/grpc/server.js';
import type { Host } from '../peer/doors/host.js';
import { OwnHost, OwnTokenHost } from '../peer/doors/own-host.js';
import { startLineServer, type LineServer } from '../peer/doors/lines/server.js';
import { TestLineClient } from '../peer/doors/lines/test-line-client.js';
import type { Peer } from '../peer/peer.js';
import type { ConversationId } from '../protocol/ids.js';
import { GrpcClient, protoFiles, type Json, type Stream } from './support/grpc-client.js';
import { has, InProcess, linked, PASSWORD, post, until } from './support/in-process.js';
import { IrcClient } from './support/irc-client.js';

const quiet = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} };
const general = '#general' as ConversationId;
const lasting = 120_000;
const MANY = 20;

let world: InProcess;
let alice: Peer;
let bob: Peer;
let door: GrpcServer;
let lines: LineServer;
let irc: IrcClient;
let client: GrpcClient;

beforeAll(async () => {
  world = await InProcess.create();
  const { url } = await world.tracker();
  alice = await world.signedIn('alice', [url]);
  bob = await world.signedIn('bob', [url]);
  await Promise.all([linked(alice, 'bob'), linked(bob, 'alice')]);
  const isToken = (text: string): boolean => text === 'T'.repeat(43);
  const users = new OwnTokenHost({ services: alice.services, isToken });
  door = await startGrpcServer({ users, host: '127.0.0.1', port: 0, log: quiet });
  const own = new OwnHost({ services: bob.services, isToken, attempt: (_address, login) => login() });
  // This door registers whom it does not know; the peer of one user does not.
  const signIn: Host['signIn'] = (request) => own.signIn({ ...request, register: false });
  const host: Host = { name: 'bob', signIn, guest: () => own.guest() };
  const address = { host: '127.0.0.1', port: 0 };
  lines = await startLineServer({ host, address, plain: true, web: undefined, log: quiet });
  irc = await IrcClient.signedIn(alice.services, 'echo-message');
  client = new GrpcClient(door.port, 'T'.repeat(43));
}, lasting);

afterAll(async () => {
  client.close();
  irc.close();
  await lines.close();
  await door.close();
  await world.close();
}, lasting);

const numbered = (what: string, count = MANY): string[] => Array.from({ length: count }, (_, at) => `${what} ${at}`);
const messageIn = (news: Json | undefined): unknown => (news?.['entry'] as Json | null | undefined)?.['message'];

/** The messages that a subscription tells from now on, and the cursor behind them. */
async function told(subscription: Stream, count: number): Promise<{ messages: unknown[]; cursor: unknown }> {
  const messages: unknown[] = [];
  let cursor: unknown;
  while (messages.length < count) {
    const news = await subscription.next();
    ({ cursor } = news ?? {});
    const message = messageIn(news);
    if (message !== undefined) messages.push(message);
  }
  return { messages, cursor };
}

test(
  'what is posted by gRPC is read in lines, in IRC and in another window, and the reverse',
  async () => {
    const nc = await TestLineClient.plain(lines.port).register('bob', PASSWORD);
    const subscription = client.stream('Subscribe');
    await subscription.next();
    for (const message of numbered('from gRPC'))
      expect(await client.call('Post', { conversation: general, message })).toMatchObject({
        entry: { conversation: general, from: 'alice', message, kind: 'text', state: expect.any(String) },
      });
    expect((await told(subscription, MANY)).messages).toEqual(numbered('from gRPC'));
    for (const text of numbered('from gRPC')) expect(await nc.next('chat')).toMatchObject({ from: 'alice', text });
    const inIrc = irc.lines.filter((line) => line.includes('PRIVMSG #general :from gRPC'));
    expect(inIrc.map((line) => line.split(' :')[1])).toEqual(numbered('from gRPC'));
    nc.send('from nc');
    expect((await told(subscription, 1)).messages).toEqual(['from nc']);
    await irc.say('PRIVMSG #general :from irc');
    await post(bob, general, 'from a window');
    expect((await told(subscription, 2)).messages.sort()).toEqual(['from a window', 'from irc']);
    nc.socket.destroy();
    subscription.call.cancel();
  },
  lasting,
);

test(
  'a subscription that is begun again with its cursor misses nothing, and tells nothing twice',
  async () => {
    const first = client.stream('Subscribe');
    const { cursor: begun } = (await first.next()) ?? {};
    await post(bob, general, 'while there');
    const { cursor } = await told(first, 1);
    first.call.cancel();
    const away = numbered('while away', 100);
    for (const message of away) await post(alice, general, message);
    await post(bob, general, 'from bob while away');
    await until(alice, () => has(alice, general, 'from bob while away'));
    const again = client.stream('Subscribe', { cursor });
    expect(new Set((await told(again, 101)).messages)).toEqual(new Set([...away, 'from bob while away']));
    again.call.cancel();
    const all = client.stream('Subscribe', { cursor: begun, conversations: [general] });
    expect((await told(all, 102)).messages[0]).toBe('while there');
    all.call.cancel();
  },
  lasting,
);

test(
  'tells what became of earlier messages, also while nobody was there',
  async () => {
    const { entry } = (await client.call('Post', { conversation: general, message: 'first' })) as { entry: Json };
    const subscription = client.stream('Subscribe');
    const { cursor } = (await subscription.next()) ?? {};
    subscription.call.cancel();
    await until(bob, () => has(bob, general, 'first'));
    await runCommand(bob.services, 'message.react', { target: entry['id'], emoji: '👍', on: true });
    await runCommand(alice.services, 'message.edit', { target: entry['id'], message: 'second' });
    const again = client.stream('Subscribe', { cursor });
    const seen: Json[] = [];
    while (!seen.some((changed) => changed['message'] === 'second' && (changed['reactions'] as Json[]).length > 0)) {
      const changed = (await again.next())?.['changed'];
      if (changed) seen.push(changed as Json);
    }
    expect(seen.at(-1)).toMatchObject({ id: entry['id'], reactions: [{ emoji: '👍', users: ['bob'] }] });
    again.call.cancel();
  },
  lasting,
);

test(
  'lists, searches, reacts and reads history of any length, oldest first',
  async () => {
    const messages = numbered('page', 450);
    for (const message of messages) void post(alice, general, message);
    await until(alice, () => has(alice, general, 'page 449'));
    const read = async (request: Json): Promise<unknown[]> =>
      (await client.all('History', { conversation: general, ...request })).map(messageIn);
    expect(await read({ limit: 450 })).toEqual(messages);
    expect(await read({ limit: 201 })).toEqual(messages.slice(-201));
    expect(await read({})).toEqual(messages.slice(-50));
    const [first] = await client.all('History', { conversation: general, limit: 450 });
    const { id } = first?.['entry'] as Json;
    expect(await read({ after: id, limit: 300 })).toEqual(messages.slice(1, 301));
    expect(await read({ around: id, limit: 3 })).toContain('page 0');
    expect(await read({ before: id, limit: 1000 })).toContain('second');
    expect(await client.call('Search', { query: 'page 449' })).toMatchObject({
      entries: [{ message: 'page 449' }],
      terms: ['page', '449'],
    });
    const reacted = await client.call('React', { target: id, emoji: '🎉' });
    expect(reacted).toMatchObject({ entry: { reactions: [{ emoji: '🎉', users: ['alice'] }] } });
    expect(await client.call('React', { target: id, emoji: '🎉', on: false })).toMatchObject({
      entry: { reactions: [] },
    });
    const { users } = await client.call('ListUsers');
    expect(users).toEqual(
      expect.arrayContaining([expect.objectContaining({ username: 'bob', presence: 'online', link: 'linked' })]),
    );
    const { conversations } = await client.call('ListConversations');
    expect(conversations).toEqual(
      expect.arrayContaining([
        expect.objectContaining({
          id: '#general',
          latest: expect.objectContaining({ message: 'page 449' }),
        }),
      ]),
    );
  },
  lasting,
);

test(
  'nothing of somebody who is blocked is told, and the cursor moves past it',
  async () => {
    const block = (blocked: boolean): Promise<object> =>
      runCommand(alice.services, 'people.settings', { username: 'bob', blocked });
    const subscription = client.stream('Subscribe');
    const { cursor } = (await subscription.next()) ?? {};
    const spam = await post(bob, general, 'spam');
    await until(alice, () => has(alice, general, 'spam'));
    await told(subscription, 1);
    subscription.call.cancel();
    await block(true);
    const again = client.stream('Subscribe', { cursor });
    await post(alice, general, 'unharmed');
    expect((await told(again, 1)).messages).toEqual(['unharmed']);
    again.call.cancel();
    await expect(client.all('History', { conversation: general, around: spam.id })).rejects.toMatchObject({
      code: status.NOT_FOUND,
    });
    await block(false);
  },
  lasting,
);

test('the code that is kept is that of the .proto, as another parser reads it', () => {
  const read = protoFiles().map((bytes) => fromBinary(FileDescriptorProtoSchema, bytes));
  const ours = read.find((file) => file.package === 'parley.v1');
  const outlines = [ours, file_parley.proto].map((file) => file && outline(file));
  expect(outlines[0]?.length).toBeGreaterThan(25);
  expect(outlines[1]).toEqual(outlines[0]);
});

const bare = (name: string): string => (name.split('.').at(-1) ?? '').replaceAll('_', '').toLowerCase();

/** Messages with their fields, and methods with their types: all that is on the wire. */
function outline({ messageType, service }: FileDescriptorProto): string[] {
  const messages = messageType.map(({ name, field }) =>
    [
      name,
      ...field.map((one) => [bare(one.name), one.number, one.type, one.label, bare(one.typeName)].join(' ')),
    ].join(),
  );
  const methods = service.flatMap(({ name, method }) =>
    method.map((one) =>
      [name, one.name, bare(one.inputType), bare(one.outputType), one.clientStreaming, one.serverStreaming].join(' '),
    ),
  );
  return [...messages, ...methods].sort();
}

describe('files', () => {
  const bytes = randomBytes(3_000_000);
  const sha256 = createHash('sha256').update(bytes).digest('hex');
  const chunks = Array.from({ length: 3 }, (_, at) => ({
    chunk: bytes.subarray(at * 1_000_000, (at + 1) * 1_000_000),
  }));

  const given = async (request: Json): Promise<{ file: unknown; bytes: Buffer }> => {
    const parts = await client.all('GetFile', request);
    return { file: parts[0]?.['file'], bytes: Buffer.concat(parts.slice(1).map(({ chunk }) => chunk as Buffer)) };
  };

  test(
    'are sent and read in streams, from any byte on',
    async () => {
      const file = { conversation: general, name: 'plan.bin', message: 'the plan', size: bytes.length };
      const sent = await client.send('SendFile', [{ file }, ...chunks]);
      expect(sent).toMatchObject({
        sha256,
        size: bytes.length,
        entry: { kind: 'file', message: 'the plan', here: true },
      });
      const whole = await given({ sha256 });
      expect(whole.file).toEqual({ name: 'plan.bin', size: bytes.length, mime: 'application/octet-stream' });
      expect(whole.bytes.equals(bytes)).toBe(true);
      expect((await given({ sha256, offset: 2_999_990 })).bytes.equals(bytes.subarray(2_999_990))).toBe(true);
      await expect(given({ sha256, offset: 3_000_001 })).rejects.toMatchObject({ code: status.OUT_OF_RANGE });
      await expect(given({ sha256: '0'.repeat(64) })).rejects.toMatchObject({ code: status.NOT_FOUND });
    },
    lasting,
  );

  test(
    'are refused where the parts come in a wrong order, or nobody may have them',
    async () => {
      const file = { conversation: '#nowhere', name: 'plan.bin' };
      await expect(client.send('SendFile', [{ file }, ...chunks])).rejects.toMatchObject({
        code: status.PERMISSION_DENIED,
      });
      await expect(client.send('SendFile', chunks)).rejects.toMatchObject({ code: status.INVALID_ARGUMENT });
      const twice = { file: { conversation: general, name: 'a' } };
      await expect(client.send('SendFile', [twice, twice])).rejects.toMatchObject({ code: status.INVALID_ARGUMENT });
    },
    lasting,
  );
});
