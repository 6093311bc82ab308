/** Parley in the same chain: browser socket → peer → TLS → peer → browser socket, durable and signed on the way. */
import type { Daemon } from '../daemon/daemon.js';
import type { Env, OpenChain } from './limit-chains.js';
import { Chain, type Dialect } from './chain.js';
import { LocalSocket, type Frame } from './local-socket.js';
import { startPeer, startTracker } from './parley-daemons.js';
import { socketEnd } from './socket.js';

const GENERAL = 'general';

/** Into, and out of, a window's socket. @param channels in turn */
const messagesIn = (channels: readonly string[]): Dialect => ({
  encode: (id, text) => {
    const conversation = `#${channels[id % channels.length] ?? GENERAL}`;
    return JSON.stringify({ id, command: 'message.post', conversation, message: text });
  },
  arrived: (text) => {
    const frame = JSON.parse(text) as Frame;
    return frame.type === 'entries' && channels.includes(frame.conversation.slice(1)) ? frame.entries.length : 0;
  },
  confirmed: (text) => {
    const frame = JSON.parse(text) as Frame;
    if (frame.type !== 'result') return 0;
    if (!frame.ok) throw new Error(`message.post failed: ${frame.code}: ${frame.message}`);
    return 1;
  },
});

export const messages = messagesIn([GENERAL]);

/**
 * @param env of both peers, besides what they need
 * @param more channels that messages go to in turn: how fast one log may grow is bounded
 */
export async function openParleyChain(
  folder: string,
  env: Env = () => ({}),
  more: readonly string[] = [],
): Promise<OpenChain> {
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
    for (const channel of more) for (const window of [from, to]) await window.run({ command: 'channel.join', channel });
    await Promise.all([from.linkedTo('bob'), to.linkedTo('alice')]);
    const dialect = messagesIn([GENERAL, ...more]);
    const chain = new Chain(socketEnd(await from.opened), socketEnd(await to.opened), dialect);
    return { chain, pids: [alice.pid, bob.pid], close };
  } catch (error) {
    await close();
    throw error;
  }
}
