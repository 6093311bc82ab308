/** Parley in the same chain: browser socket → peer → TLS → peer → browser socket, durable and signed on the way. */
import type { Daemon } from '../daemon/daemon.js';
import type { Env, OpenChain } from './limit-chains.js';
import { Chain, type Dialect } from './chain.js';
import { LocalSocket, type Frame } from './local-socket.js';
import { startPeer, startTracker } from './parley-daemons.js';
import { socketEnd } from './socket.js';

const CONVERSATION = '#general';

/** Into, and out of, a window's socket. */
export const messages: Dialect = {
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

/** @param env of both peers, besides what they need */
export async function openParleyChain(folder: string, env: Env = () => ({})): Promise<OpenChain> {
  const started: Daemon<unknown>[] = [];
  const keep = async <Ready>(starting: Promise<Daemon<Ready>>): Promise<Daemon<Ready>> => {
    const daemon = await starting;
    started.unshift(daemon);
    return daemon;
  };
  const close = async (): Promise<void> => {
    for (const daemon of started) await daemon.stop();
  };
  try {
    const { url } = (await keep(startTracker(folder))).ready;
    const alice = await keep(startPeer(folder, url, 'alice', env('near')));
    const bob = await keep(startPeer(folder, url, 'bob', env('far')));
    const from = await LocalSocket.signIn(alice.ready);
    const to = await LocalSocket.signIn(bob.ready);
    await Promise.all([from.linkedTo('bob'), to.linkedTo('alice')]);
    const chain = new Chain(socketEnd(await from.opened), socketEnd(await to.opened), messages);
    return { chain, pids: [alice.pid, bob.pid], close };
  } catch (error) {
    await close();
    throw error;
  }
}
