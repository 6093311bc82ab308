/**
 * Many members of #general in one process for the benchmark of a channel: real peers, each with its history, its key and its own TLS
 * links to the others, in this process or not. Arguments: the tracker, a folder, the number of the first member, how many.
 */
import { join } from 'node:path';
import type { ConversationId, Username } from '../../protocol/ids.js';
import { Peer } from '../../peer/peer.js';
import { Hearing, onOrder, steadyMs, tell } from './channel-crowd.js';

const PASSWORD = 'of no importance';
const CHANNEL = '#general' as ConversationId;
/** So many posts wait for the disk at once. */
const WINDOW = 500;
const TEXT = 'm'.repeat(190);
const SAID = /^(\d+)\.(\d+) /;

const [tracker = '', folder = '', first = '0', count = '1'] = process.argv.slice(2);
const quiet = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} };
const hearing = new Hearing(Number(count));
const peers: Peer[] = [];

async function member(at: number): Promise<Peer> {
  const username = `member-${at}` as Username;
  const peer = await Peer.open(
    {
      ...{ username, trackers: [tracker], host: '127.0.0.1', peerPort: 0, uiHost: '127.0.0.1', uiPort: undefined },
      ...{ uiDir: '', dataDir: join(folder, username), password: undefined, register: false, allowedHosts: [] },
      ...{ trackerCa: undefined, keylog: undefined, lan: false, asksReach: false, storeCacheKib: 2_048 },
    },
    quiet,
  );
  await peer.listen();
  peer.connect();
  await peer.services.account.login(PASSWORD, true);
  peer.services.events.on('entries', ({ conversation, entries }) => {
    if (conversation !== CHANNEL) return;
    for (const { message } of entries) {
      const said = SAID.exec(message);
      if (said) hearing.heard(Number(said[1]), Number(said[2]));
    }
  });
  return peer;
}

for (let at = 0; at < Number(count); at += 1) peers.push(await member(Number(first) + at));
tell({ event: 'ready' });

onOrder((order) => {
  if (order.order === 'expect') hearing.expect(order.run, order.count);
  else void write(order.member, order.run, order.from, order.to);
});

async function write(at: number, run: number, from: number, to: number): Promise<void> {
  const peer = peers[at - Number(first)];
  if (!peer) throw new Error(`bug: member ${at} is not here`);
  const times: number[] = [];
  const under = new Set<Promise<unknown>>();
  for (let index = from; index < to; index += 1) {
    times.push(steadyMs());
    const message = `${run}.${index} ${TEXT}`;
    const written = peer.services.writer.append({ conversation: CHANNEL, kind: 'text', message, data: {} });
    under.add(written);
    void written.finally(() => under.delete(written));
    if (under.size >= WINDOW) await Promise.race(under);
  }
  await Promise.all(under);
  tell({ event: 'written', run, at: times });
}
