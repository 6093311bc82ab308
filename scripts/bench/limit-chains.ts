/**
 * The limits: raw ws → process A → TLS 1.3 → process B → ws, which does nothing but hand on (bare), or what a peer owes and nothing
 * else (the same duties): chained, signed, checked, stored, synced before it is sent and before it is acknowledged.
 */
import { WebSocket } from 'ws';
import { Daemon } from '../daemon/daemon.js';
import { Chain, type Dialect } from './chain.js';
import { limitProgram, makeCertificate } from './limit-programs.js';
import { openSocket, socketEnd, type OpenSocket } from './socket.js';

const encode = (id: number, text: string): string =>
  JSON.stringify({ id, command: 'message.post', conversation: '#general', message: text });

const bare: Dialect = {
  encode,
  arrived: (frame) => ((JSON.parse(frame) as { id: number }).id > 0 ? 1 : 0),
  confirmed: undefined,
};

interface DutyFrame {
  readonly type: 'entries' | 'result' | 'receipts';
  readonly entries?: readonly unknown[];
}

const duties: Dialect = {
  encode,
  arrived: (frame) => (JSON.parse(frame) as DutyFrame).entries?.length ?? 0,
  confirmed: (frame) => ((JSON.parse(frame) as DutyFrame).type === 'result' ? 1 : 0),
};

export interface OpenChain {
  readonly chain: Chain;
  /** Of the two processes, in the order of a message. */
  readonly pids: readonly number[];
  close(): Promise<void>;
}

export function openBareChain(folder: string): Promise<OpenChain> {
  return open(folder, ['near-end', 'far-end'], [], bare);
}

/** @param env of both processes */
export function openDutiesChain(folder: string, env: Env = () => ({})): Promise<OpenChain> {
  return open(folder, ['duties-near', 'duties-far'], [folder], duties, env);
}

/** Of one of the two processes of a chain. */
export type Env = (which: 'near' | 'far') => Readonly<Record<string, string>>;

async function open(
  folder: string,
  [nearName, farName]: readonly [string, string],
  more: readonly string[],
  dialect: Dialect,
  env: Env = () => ({}),
): Promise<OpenChain> {
  const { key, certificate } = await makeCertificate(folder);
  const args = [key, certificate, ...more];
  const far = await Daemon.start<{ tls: number; ws: number }>({
    ...{ name: farName, program: limitProgram(farName), args, env: env('far') },
  });
  const near = await Daemon.start<{ ws: number }>({
    ...{ name: nearName, program: limitProgram(nearName), args: [...args, String(far.ready.tls)], env: env('near') },
  });
  const [from, to] = [await connect(near.ready.ws), await connect(far.ready.ws)];
  return {
    chain: new Chain(socketEnd(from), socketEnd(to), dialect),
    pids: [near.pid, far.pid],
    close: async () => {
      from.socket.terminate();
      to.socket.terminate();
      await Promise.all([near.stop(), far.stop()]);
    },
  };
}

function connect(port: number): Promise<OpenSocket> {
  return openSocket(new WebSocket(`ws://127.0.0.1:${port}`, { perMessageDeflate: false }));
}
