/** The limit: the same chain, raw ws → process A → TLS 1.3 → process B → ws. */
import { WebSocket } from 'ws';
import { Daemon } from '../daemon/daemon.js';
import { bareProgram, makeCertificate } from './bare-programs.js';
import { Chain, type Dialect } from './chain.js';
import { openSocket } from './socket.js';

const dialect: Dialect = {
  encode: (id, text) => JSON.stringify({ id, command: 'message.post', conversation: '#general', message: text }),
  arrived: (frame) => ((JSON.parse(frame) as { id: number }).id > 0 ? 1 : 0),
  confirmed: undefined,
};

export interface OpenChain {
  readonly chain: Chain;
  close(): Promise<void>;
}

export async function openBareChain(folder: string): Promise<OpenChain> {
  const { key, certificate } = await makeCertificate(folder);
  const start = <Ready>(name: string, ...more: string[]): Promise<Daemon<Ready>> =>
    Daemon.start<Ready>({ name, program: bareProgram(name), args: [key, certificate, ...more] });
  const far = await start<{ tls: number; ws: number }>('far-end');
  const near = await start<{ ws: number }>('near-end', String(far.ready.tls));
  const from = await openSocket(new WebSocket(`ws://127.0.0.1:${near.ready.ws}`, { perMessageDeflate: false }));
  const to = await openSocket(new WebSocket(`ws://127.0.0.1:${far.ready.ws}`, { perMessageDeflate: false }));
  return {
    chain: new Chain(from, to, dialect),
    close: async () => {
      from.terminate();
      to.terminate();
      await Promise.all([near.stop(), far.stop()]);
    },
  };
}
