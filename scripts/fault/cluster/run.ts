/**
 * A cluster of three trackers with their NATS servers, all real processes, under the load of people, peers, letters and chat, while one
 * after the other is killed or stopped. Judged: what was acknowledged is there, no name was won twice, nobody was signed out, only who left
 * was told to have left, and chat went on.
 */
import { join } from 'node:path';
import { seededRandom } from '../seeded-random.js';
import { Calls } from './calls.js';
import { Crowd } from './crowd.js';
import { Findings } from './findings.js';
import { hurts, type Hurt } from './hurts.js';
import { Letters } from './letters.js';
import { Node } from './node.js';
import { People } from './people.js';
import { claimPorts } from './ports.js';
import { Talkers } from './talkers.js';

export interface ClusterRun {
  readonly folder: string;
  readonly seed: number;
  readonly rounds: number;
  /** Peers in all, and how many of them are daemons that chat. */
  readonly peers: number;
  readonly daemons: number;
  /** What is done, in this order and again from the beginning; else all there is. */
  readonly hurt?: readonly Hurt[];
  /** What starts `parley`. */
  readonly program: string;
  readonly say: (line: string) => void;
}

export async function runCluster(run: ClusterRun): Promise<Findings> {
  const { folder, seed, rounds, peers, daemons, hurt = hurts, program, say } = run;
  const random = seededRandom(seed);
  const findings = new Findings();
  const { ports, release } = await claimPorts(Math.random);
  const nodes = makeNodes(run, ports);
  const calls = new Calls(nodes, random);
  const people = new People(calls, findings);
  const crowd = new Crowd(calls, findings, join(folder, 'crowd'));
  const letters = new Letters(random, findings);
  const talkers = new Talkers(calls, findings, { folder: join(folder, 'daemons'), program, seed });
  const stop = (): void => {
    for (const load of [people, letters]) load.stop();
  };
  try {
    await Promise.all(nodes.map((node) => node.start()));
    await crowd.enter(peers - daemons);
    await letters.open(crowd.peers);
    await talkers.enter(daemons);
    const working = Promise.all([people.work(), letters.work()]);
    const { figures } = findings;
    for (; figures.rounds < rounds; figures.rounds += 1) {
      const what = hurt[figures.rounds % hurt.length];
      if (!what) throw new Error('bug: there is nothing to do to the cluster');
      const when = `round ${figures.rounds + 1}: ${what.name}`;
      say(when);
      await people.progress();
      await crowd.wander();
      await what.run(nodes, random, () => talkers.goOn(when));
      await people.progress();
      await crowd.settled(when);
    }
    crowd.back();
    await crowd.settled('in the end');
    stop();
    await working;
    say('the judgement');
    await people.judge();
    await letters.judge();
    await talkers.judge();
    figures.refused += calls.refused;
    return findings;
  } finally {
    stop();
    await Promise.all([crowd.close(), talkers.close()]);
    await Promise.all(nodes.map((node) => node.stop()));
    release();
  }
}

function makeNodes({ folder, program }: ClusterRun, ports: readonly number[]): Node[] {
  const list = ports.map((port) => `127.0.0.1:${port}`).join(',');
  const nodes: Node[] = [];
  for (const [at, port] of ports.entries())
    nodes.push(new Node(port, join(folder, `tracker-${at}`), list, nodes[0], program));
  return nodes;
}
