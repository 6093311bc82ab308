/** Parley in the same chain: browser socket → peer → TLS → peer → browser socket, durable and signed on the way. */
import { WebSocket } from 'ws';
import type { CommandResult, LocalEvent, Snapshot } from '../../protocol/local-api.js';
import type { PeerReady } from '../daemon/daemon.js';
import type { OpenChain } from './bare-chain.js';
import { Chain, type Dialect } from './chain.js';
import { startPeer, startTracker } from './parley-daemons.js';
import { openSocket } from './socket.js';

const CONVERSATION = '#general';
const LINKED_WITHIN_MS = 30_000;

type Frame = CommandResult | LocalEvent | Snapshot;

const dialect: Dialect = {
  encode: (id, text) => JSON.stringify({ id, command: 'message.post', conversation: CONVERSATION, message: text }),
  arrived: (text) => {
    const frame = JSON.parse(text) as Frame;
    return frame.type === 'entries' && frame.conversation === CONVERSATION ? frame.entries.length : 0;
  },
  confirmed: (text) => {
    const frame = JSON.parse(text) as Frame;
    if (frame.type !== 'result') return 0;
    if (!frame.ok) throw new Error(`message.post failed: ${frame.code}: ${frame.message}`);
    return 1;
  },
};

export async function openParleyChain(folder: string): Promise<OpenChain> {
  const tracker = await startTracker(folder);
  const alice = await startPeer(folder, tracker.ready.url, 'alice');
  const bob = await startPeer(folder, tracker.ready.url, 'bob');
  const from = await signIn(alice.ready);
  const to = await signIn(bob.ready);
  await Promise.all([linked(from, 'bob'), linked(to, 'alice')]);
  return {
    chain: new Chain(from.socket, to.socket, dialect),
    close: async () => {
      from.socket.terminate();
      to.socket.terminate();
      await Promise.all([alice.stop(), bob.stop()]);
      await tracker.stop();
    },
  };
}

interface SignedIn {
  readonly socket: WebSocket;
  readonly snapshot: Snapshot;
}

/** As the browser does it: the one-time link gives the cookie, the socket brings it. */
async function signIn({ ui, login }: PeerReady): Promise<SignedIn> {
  const answer = await fetch(login, { redirect: 'manual' });
  const cookie = answer.headers.getSetCookie().map((header) => header.split(';')[0]);
  if (cookie.length === 0) throw new Error(`the one-time link gave no cookie: ${answer.status}`);
  const { host, origin } = new URL(ui);
  const headers = { cookie: cookie.join('; '), origin };
  const socket = new WebSocket(`ws://${host}/ws`, { headers, perMessageDeflate: false });
  // Before it opens: the snapshot comes with the first bytes.
  const snapshot = new Promise<Snapshot>((resolve) => {
    socket.once('message', (data: Buffer) => resolve(JSON.parse(data.toString()) as Snapshot));
  });
  await openSocket(socket);
  return { socket, snapshot: await snapshot };
}

function linked({ socket, snapshot }: SignedIn, username: string): Promise<void> {
  if (snapshot.people.some((person) => person.username === username && person.link === 'linked'))
    return Promise.resolve();
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error(`${username} was not linked in time`)), LINKED_WITHIN_MS);
    socket.on('message', function listen(data: Buffer) {
      const frame = JSON.parse(data.toString()) as Frame;
      if (frame.type !== 'person' || frame.person.username !== username || frame.person.link !== 'linked') return;
      clearTimeout(timer);
      socket.off('message', listen);
      resolve();
    });
  });
}
