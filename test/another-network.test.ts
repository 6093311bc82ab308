/** What a real peer does when its machine comes into another network: no dial hangs on the former one, and links show that they live. */
import { on, once } from 'node:events';
import { createServer, type Server, type Socket } from 'node:net';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { TestTime } from '../peer/link/test-support.js';
import { Network } from '../peer/reach/network.js';
import { InProcess, linked, linkedWith, until } from './support/in-process.js';

let world: InProcess;
const sockets: Socket[] = [];
let silent: Server;
beforeEach(async () => {
  world = await InProcess.create();
  silent = createServer((socket) => void sockets.push(socket.on('error', () => undefined)));
});
afterEach(async () => {
  await world.close();
  for (const socket of sockets.splice(0)) socket.destroy();
  if (silent.listening) await new Promise((resolve) => silent.close(resolve));
}, 30_000);

test('whoever is dialled in vain is dialled anew at once; whoever is linked stays linked', async () => {
  const time = new TestTime();
  let way = '192.0.2.7';
  const network = new Network({
    ...{ interfaces: () => ({}), way: () => Promise.resolve(way) },
    ...{ steady: () => time.now(), clock: time, timers: time },
  });
  const { url } = await world.tracker();
  const alice = await world.signedIn('alice', [url], { network });
  const bob = await world.signedIn('bob', [url]);
  await linked(alice, 'bob');
  expect(alice.services.people.list().find(({ username }) => username === 'bob')).toMatchObject({ path: 'direct' });

  const { port } = bob.services.p2p;
  await bob.close();
  await until(alice, () => !linkedWith(alice, 'bob')());
  // Who comes now does not know where he was.
  await world.signedIn('carol', [url]);
  await linked(alice, 'carol');
  const dials = on(silent, 'connection') as AsyncIterableIterator<[Socket]>;
  silent.listen(port, '127.0.0.1');
  // By themselves, a dial that nobody answers and the wait after it would take minutes for so many.
  let former: Promise<unknown> | undefined;
  for (let round = 0; round < 10; round++) {
    way = `198.51.100.${round}`;
    time.advance(5_000);
    await former;
    const dial = await dials.next();
    const [socket] = dial.value as [Socket];
    former = socket.destroyed ? undefined : once(socket, 'close');
    // The first may be one that was under way when the network changed.
    await Promise.race([once(socket, 'data'), former]);
  }
  expect(linkedWith(alice, 'carol')()).toBe(true);
}, 120_000);
