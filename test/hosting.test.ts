/** Many peers in one process, made in a loop: each whole, none in another's way, and nothing of them left once they are closed. */
import { setTimeout } from 'node:timers/promises';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import type { ConversationId } from '../protocol/ids.js';
import { runCommand } from '../peer/commands/run.js';
import type { Peer } from '../peer/peer.js';
import { InProcess, until } from './support/in-process.js';

const PEERS = 20;
const general = '#general' as ConversationId;
/** What a peer opens and has to close: listeners, connections and multicast sockets. */
const OPENED = ['TCPServerWrap', 'TCPSocketWrap', 'UDPWrap', 'PipeWrap', 'FSEvent', 'MessagePort'];

let world: InProcess;
beforeEach(async () => {
  world = await InProcess.create();
});
afterEach(() => world.close(), 60_000);

function opened(): string[] {
  return process
    .getActiveResourcesInfo()
    .filter((name) => OPENED.includes(name))
    .sort();
}

function texts({ services }: Peer): string[] {
  return services.history
    .page(general, undefined, 2 * PEERS)
    .entries.map(({ message }) => message)
    .sort();
}

test('twenty peers in one process post to each other, and leave nothing open', async () => {
  const before = opened();
  const tracker = await world.tracker();
  const peers: Peer[] = [];
  for (let n = 0; n < PEERS; n++) peers.push(await world.signedIn(`user${n}`, [tracker.url]));
  const posts = peers.map(({ services }, n) =>
    runCommand(services, 'message.post', { conversation: general, message: `from ${n}` }),
  );
  const written = (await Promise.all(posts)).map(({ entry }) => entry.message).sort();
  expect(written).toHaveLength(PEERS);
  await Promise.all(peers.map((peer) => until(peer, () => texts(peer).length === PEERS)));
  for (const peer of peers) expect(texts(peer)).toEqual(written);
  await Promise.all(peers.map((peer) => peer.close()));
  await tracker.close();
  // What is closed is gone a few turns of the event loop later; what leaks never is.
  for (let tries = 0; tries < 100 && opened().length > before.length; tries++) await setTimeout(50);
  expect(opened()).toEqual(before);
}, 300_000);
