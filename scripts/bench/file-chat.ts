/** Chat between two peers while a file goes from one to the other, against the same chat without it. */
import { WebSocket } from 'ws';
import type { SentFile } from '../fault/file-door.js';
import { quantile, toRow, type Row, type Settings, type Target } from './benchmark.js';
import { Chain } from './chain.js';
import { messages } from './parley-chain.js';
import type { FilePeer, FilePeers } from './parley-files.js';
import { openSocket, socketEnd, type OpenSocket } from './socket.js';

const p99: Target = { name: 'chat p99 beside a file', unit: 'µs', bound: 'at most', ratio: 2 };
const AT_ONCE = 20;

export async function chatBeside(
  { quick, rounds, progress }: Settings,
  peers: FilePeers,
  sent: SentFile,
): Promise<Row> {
  const [from, to] = await Promise.all([socketOf(peers.get('alice')), socketOf(peers.get('bob'))]);
  const chain = new Chain(socketEnd(from), socketEnd(to), messages);
  const { door } = peers.get('bob');
  const count = quick ? 200 : 1_000;
  const [ours, limits]: [number[], number[]] = [[], []];
  await chain.latencies(count);
  for (let round = 1; round <= rounds; round += 1) {
    const alone = await chain.latencies(count);
    const beside: number[] = [];
    let transfers = 0;
    while (beside.length < count) {
      await door.clean(sent);
      await door.fetch(sent);
      const arrived = door.arrived(sent);
      for (; !door.isHere(sent);) {
        const some = await chain.latencies(AT_ONCE);
        // The last ones may have been sent when the file was there already.
        if (!door.isHere(sent)) beside.push(...some);
      }
      await arrived;
      transfers++;
    }
    const at = (q: number): string =>
      `p${q * 100} ${quantile(alone, q).toFixed(0)} alone, ${quantile(beside, q).toFixed(0)} beside`;
    progress(`round ${round} of ${rounds}: ${at(0.5)}; ${at(0.99)} µs; ${beside.length} in ${transfers} transfers`);
    limits.push(quantile(alone, 0.99));
    ours.push(quantile(beside, 0.99));
  }
  from.socket.terminate();
  to.socket.terminate();
  return toRow(p99, ours, limits);
}

function socketOf({ window, daemon }: FilePeer): Promise<OpenSocket> {
  const { host, origin } = new URL(daemon.ready.ui);
  const headers = { cookie: window.cookie, origin };
  return openSocket(new WebSocket(`ws://${host}/ws`, { headers, perMessageDeflate: false }));
}
