/** What one member writes can silence nobody, whatever characters it holds: by real peers and a hostile one. */
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { DatabaseSync } from '@photostructure/sqlite';
import { readdirSync, readFileSync } from 'node:fs';
import { sign } from 'node:crypto';
import { once } from 'node:events';
import { join } from 'node:path';
import { connect } from 'node:tls';
import type { Peer } from '../peer/peer.js';
import { findCutRows, findRefusedRows } from '../peer/store/cut-rows.js';
import { Identity } from '../peer/identity/identity.js';
import { runCommand } from '../peer/commands/run.js';
import { entryId, signedBytes, toWire, type EntryFields } from '../protocol/entry.js';
import type { ConversationId, Username } from '../protocol/ids.js';
import { ALPN } from '../protocol/limits.js';
import { InProcess, linkedWith, until } from './support/in-process.js';

let world: InProcess;
beforeEach(async () => {
  world = await InProcess.create();
});
afterEach(() => world.close(), 30_000);

const general = '#general' as ConversationId;
const texts = (peer: Peer): string[] =>
  peer.services.history.page(general, undefined, 50).entries.map(({ message }) => message);
const post = (peer: Peer, message: string, more: object = {}) =>
  runCommand(peer.services, 'message.post', { conversation: general, message, ...more });

function deep(levels: number): unknown {
  return levels === 0 ? 1 : [deep(levels - 1)];
}

test('what others would refuse is refused by its own daemon, with a code, and the conversation goes on', async () => {
  const { url } = await world.tracker();
  const [alice, bob] = [await world.signedIn('alice', [url]), await world.signedIn('bob', [url])];
  await until(alice, linkedWith(alice, 'bob'));
  const { entry } = await post(alice, 'good');
  const refused: [string, object][] = [
    ['message.post', { conversation: general, message: 'x\0y' }],
    ['message.post', { conversation: '@alice+bob', message: '\0' }],
    ['message.post', { conversation: general, message: 'half \ud800' }],
    ['message.post', { conversation: general, message: 'x', data: { a: ['\udfff'] } }],
    ['message.post', { conversation: general, message: 'x', data: { deep: deep(9) } }],
    ['message.post', { conversation: general, message: 'x', data: JSON.parse('{"__proto__":{"a":1}}') as object }],
    ['message.post', { conversation: general, message: 'x', data: { n: JSON.parse('1e400') as number } }],
    ['message.post', { conversation: general, message: 'x', client: 'a\0b' }],
    ['message.edit', { target: entry.id, message: 'x\0' }],
    ['channel.topic', { channel: 'general', topic: 'x\0y' }],
    ['profile.set', { name: 'a\0b' }],
    ['profile.set', { status: { text: 'a\ud800' } }],
    ['search', { query: 'x\0y' }],
  ];
  for (const [name, args] of refused) {
    const answer = runCommand(alice.services, name, args);
    await expect(answer).rejects.toMatchObject({ code: expect.stringMatching(/^bad_(text|entry|request)$/) });
  }
  await post(alice, 'still here');
  await until(bob, () => texts(bob).includes('still here'));
  expect(texts(bob)).toEqual(['good', 'still here']);
});

test('a hostile peer that writes it on the wire ends its own link, and nothing else', async () => {
  const { url } = await world.tracker();
  const [alice, bob] = [await world.signedIn('alice', [url]), await world.signedIn('bob', [url])];
  const mallory = await world.signedIn('mallory', [url]);
  await until(alice, linkedWith(alice, 'mallory'));
  await mallory.close();
  await until(alice, linkedWith(alice, 'bob'));

  const directory = join(world.path('mallory'), 'identity');
  const identity = await Identity.open({ directory, username: 'mallory' as Username });
  const { port } = alice.services.p2p;
  for (const [kind, message] of [
    ['text', 'x\0y'],
    ['edit', '\0'],
    ['topic', 'a\0'],
    ['later_kind', '\0\0'],
  ] as const) {
    const socket = connect({
      port,
      key: identity.privateKey.export({ type: 'pkcs8', format: 'pem' }),
      cert: readFileSync(join(directory, 'certificate.pem')),
      ca: readFileSync(join(directory, 'ca.pem')),
      ALPNProtocols: [ALPN],
      checkServerIdentity: () => undefined,
    });
    await once(socket, 'secureConnect');
    const fields: EntryFields = {
      ...{ conversation: general, from: 'mallory' as Username, device: identity.device, seq: 1, prev: '' },
      ...{ time: new Date().toISOString(), kind, message, data: {} },
    };
    const id = entryId(fields);
    const sig = sign(null, signedBytes(id), identity.privateKey).toString('base64url');
    const hello = { type: 'handshake', username: 'mallory', device: identity.device, version: 1, features: [] };
    let told = '';
    socket.on('data', (chunk: Buffer) => (told += chunk.toString()));
    const closed = once(socket, 'close');
    socket.write(`${JSON.stringify({ ...hello, channels: ['general'] })}\n`);
    socket.write(`${JSON.stringify(toWire({ ...fields, id, sig }))}\n`);
    await closed;
    expect(told).toContain('"code":"bad_entry"');
  }
  await post(alice, 'one');
  await until(bob, () => texts(bob).includes('one'));
  await post(bob, 'two');
  await until(alice, () => texts(alice).includes('two'));
  expect(texts(alice)).toEqual(['one', 'two']);
});

test('a device that an earlier version let write what others refuse goes on under a new key, and is heard', async () => {
  const { url } = await world.tracker();
  const [alice, bob] = [await world.signedIn('alice', [url]), await world.signedIn('bob', [url])];
  await until(alice, linkedWith(alice, 'bob'));
  await post(alice, 'before');
  await until(bob, () => texts(bob).includes('before'));
  await bob.close();
  const { entry } = await post(alice, 'deep');
  await post(alice, 'after it');
  const { device } = alice.services.account;
  await alice.close();

  const db = new DatabaseSync(join(world.path('alice'), 'history.db'));
  const deep = JSON.stringify({ x: Array.from({ length: 9 }).reduce<unknown>((inner) => [inner], 'x') });
  db.prepare('UPDATE entries SET data = ? WHERE id = ?').run(deep, entry.id);
  findRefusedRows(db);
  db.close();
  const again = await world.peer('alice', [url]);
  expect(texts(again)).toEqual(['before', 'deep', 'after it']);
  expect(again.services.account.device).not.toBe(device);
  const back = await world.peer('bob', [url]);
  await until(again, linkedWith(again, 'bob'));
  await post(again, 'heard');
  await until(back, () => texts(back).includes('heard'));
  await post(back, 'answered');
  await until(again, () => texts(again).includes('answered'));
  expect(readdirSync(world.path('alice')).filter((name) => name.includes('damaged'))).toEqual([]);
});

test('a device whose own text an earlier version cut goes on under a new key, and is heard', async () => {
  const { url } = await world.tracker();
  const [alice, bob] = [await world.signedIn('alice', [url]), await world.signedIn('bob', [url])];
  await until(alice, linkedWith(alice, 'bob'));
  const { entry } = await post(alice, 'x and what was lost');
  await post(alice, 'after it');
  await until(bob, () => texts(bob).includes('after it'));
  const { device } = alice.services.account;
  await alice.close();

  const db = new DatabaseSync(join(world.path('alice'), 'history.db'));
  db.prepare("UPDATE entries SET message = 'x' WHERE id = ?").run(entry.id);
  db.exec('DROP TABLE cut_rows');
  findCutRows(db);
  db.close();
  const again = await world.peer('alice', [url]);
  expect(texts(again)).toEqual(['x', 'after it']);
  await until(again, linkedWith(again, 'bob'));
  expect(again.services.account.device).not.toBe(device);
  await post(again, 'heard');
  await until(bob, () => texts(bob).includes('heard'));
  await post(bob, 'answered');
  await until(again, () => texts(again).includes('answered'));
  expect(readdirSync(world.path('alice')).filter((name) => name.includes('damaged'))).toEqual([]);
});
