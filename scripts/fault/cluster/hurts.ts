/** What is done to a cluster, one after the other: processes killed and stopped, whole machines gone. */
import { setTimeout as wait } from 'node:timers/promises';
import type { SeededRandom } from '../seeded-random.js';
import type { Node } from './node.js';

export interface Hurt {
  readonly name: string;
  /** Hurts; `broken` is called while all that is hurt is away. Resolves when all is there again. */
  readonly run: (nodes: readonly Node[], random: SeededRandom, broken: () => Promise<void>) => Promise<void>;
}

/** Longer than it takes to notice. Milliseconds. */
const STOPPED_MS = 8_000;
const TRACKER_STOPPED_MS = 14_000;
/** Whose leader is killed: where accounts, sessions and memberships are. */
const STREAMS = ['KV_parley_accounts', 'KV_parley_sessions', 'KV_parley_members'];

export const hurts: readonly Hurt[] = [
  {
    name: 'kill a tracker',
    run: async (nodes, random, broken) => {
      const one = random.pick(nodes);
      await one.kill();
      await broken();
      await one.start();
    },
  },
  {
    name: 'kill a server',
    run: async (nodes, random, broken) => {
      // Its tracker starts it again.
      await random.pick(nodes).signalServer('SIGKILL');
      await broken();
    },
  },
  {
    name: 'kill the server that leads',
    run: async (nodes, random, broken) => {
      await (await leader(nodes, random)).signalServer('SIGKILL');
      await broken();
    },
  },
  {
    name: 'stop a server',
    run: async (nodes, random, broken) => {
      const one = random.pick(nodes);
      await one.signalServer('SIGSTOP');
      await Promise.all([broken(), wait(STOPPED_MS)]);
      await one.signalServer('SIGCONT');
    },
  },
  {
    name: 'stop a tracker',
    run: async (nodes, random, broken) => {
      const one = random.pick(nodes);
      one.signal('SIGSTOP');
      await Promise.all([broken(), wait(TRACKER_STOPPED_MS)]);
      one.signal('SIGCONT');
    },
  },
  {
    name: 'kill a machine',
    run: async (nodes, random, broken) => {
      const one = random.pick(nodes);
      await one.killMachine();
      await broken();
      await one.start();
    },
  },
  {
    name: 'kill two servers',
    run: async (nodes, random, broken) => {
      const spared = random.pick(nodes);
      await Promise.all(nodes.filter((node) => node !== spared).map((node) => node.signalServer('SIGKILL')));
      await broken();
    },
  },
  {
    name: 'kill two machines',
    run: async (nodes, random, broken) => {
      const spared = random.pick(nodes);
      const others = nodes.filter((node) => node !== spared);
      await Promise.all(others.map((node) => node.killMachine()));
      await broken();
      await Promise.all(others.map((node) => node.start()));
    },
  },
  {
    name: 'kill all at once',
    run: async (nodes, _random, broken) => {
      await Promise.all(nodes.map((node) => node.killMachine()));
      await broken();
      await Promise.all(nodes.map((node) => node.start()));
    },
  },
];

/** Of one of the streams. Errors: there is none. */
async function leader(nodes: readonly Node[], random: SeededRandom): Promise<Node> {
  const name = await random.pick(nodes).leaderOf(random.pick(STREAMS));
  const found = nodes.find(({ port }) => name?.endsWith(`_${port}`) === true);
  if (!found) throw new Error(`no server is the leader that was named: ${name ?? 'none'}`);
  return found;
}
