import { afterEach, beforeAll, expect, test } from '@jest/globals';
import { once } from 'node:events';
import { FILE_ALPN } from '../../protocol/file-messages.js';
import { code, listening, tcp, TestWorld } from './test-world.js';

const world = new TestWorld();
beforeAll(() => world.prepare());
afterEach(() => world.clear());

const target = async (to: ReturnType<typeof world.peer>): Promise<{ host: string; port: number }> => listening(to);

test('a connection for files reaches whom it is meant for, beside the link, and carries bytes both ways', async () => {
  const [a, b] = [world.peer(world.alice), world.peer(world.bob)];
  const link = await tcp.dial(a, b);
  const near = await a.links.dialFiles({ ...(await target(b)), device: b.self.device });
  await b.until(({ files }) => files.length === 1);
  const [far] = b.files;
  expect(near).toMatchObject({ dialled: true, remote: { username: 'bob', device: b.self.device } });
  expect(far).toMatchObject({ dialled: false, remote: { username: 'alice', device: a.self.device } });
  expect(a.links.get(b.self.device)).toBe(link);
  expect([a.links.opening, b.links.opening]).toEqual([0, 0]);
  near.socket.write('there');
  expect(String((await once(far?.socket ?? near.socket, 'data'))[0])).toBe('there');
  far?.socket.write('back');
  expect(String((await once(near.socket, 'data'))[0])).toBe('back');
});

test('without a link between the two, or once the device is revoked or its account disabled, none is taken', async () => {
  const [a, b] = [world.peer(world.alice), world.peer(world.bob)];
  const address = await target(b);
  await expect(a.links.dialFiles({ ...address, device: b.self.device })).rejects.toEqual(code('forbidden'));
  await tcp.dial(a, b);
  const isRefused = async (): Promise<void> => {
    const { socket } = await a.links.dialFiles({ ...address, device: b.self.device });
    socket.resume();
    await once(socket, 'close');
  };
  b.shut.add('alice');
  await isRefused();
  b.shut.clear();
  b.revoked.add(a.self.device);
  await isRefused();
  expect(b.files).toEqual([]);
});

test('another device than the one that was meant gets nothing', async () => {
  const [a, b] = [world.peer(world.alice), world.peer(world.bob)];
  await tcp.dial(a, b);
  const carol = await world.ca.device('carol');
  const dial = a.links.dialFiles({ ...(await target(b)), device: carol.device });
  await expect(dial).rejects.toEqual(code('identity_mismatch'));
});

test.each(['another CA', 'no certificate'])('a stranger with %s is turned away without a word', async (who) => {
  const b = world.peer(world.bob);
  const as = who === 'another CA' ? await world.otherCa.device('alice') : undefined;
  const socket = world.dressed(await tcp.stranger(b), as, { ALPNProtocols: [FILE_ALPN] });
  let told = 0;
  socket.on('data', (bytes: Buffer) => (told += bytes.length));
  await new Promise((resolve) => socket.once('close', resolve));
  expect([told, b.files.length, b.links.opening]).toEqual([0, 0, 0]);
});
