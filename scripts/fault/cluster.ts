/**
 * A cluster of three trackers with their NATS servers, all real processes, under load, while one after the other is killed or stopped.
 * Judged: what was acknowledged is there, no name was won twice, nobody was signed out.
 */
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { freePorts, Node } from './cluster-node.js';
import { seededRandom, type SeededRandom } from './seeded-random.js';

export interface ClusterRun {
  folder: string;
  seed: number;
  rounds: number;
  /** What starts `parley`. */
  program: string;
  say: (line: string) => void;
}

export interface ClusterReport {
  rounds: number;
  accounts: number;
  sessions: number;
  memberships: number;
  /** Calls that were answered `unavailable`, or not at all. */
  refused: number;
  races: number;
  lost: string[];
  wonTwice: string[];
  signedOut: string[];
}

const FAULTS = ['kill a tracker', 'kill a server', 'stop a server', 'kill two servers'] as const;
const WORKERS = 4;
const PASSWORD = 'correct horse';
const CALL_MS = 12_000;
const STOPPED_MS = 8_000;
const BEHIND_MS = 60_000;
const CHANNEL = 'random-talk';

export async function runCluster({ folder, seed, rounds, program, say }: ClusterRun): Promise<ClusterReport> {
  const random = seededRandom(seed);
  const ports = await freePorts();
  const list = ports.map((port) => `127.0.0.1:${port}`).join(',');
  const nodes: Node[] = [];
  for (const [at, port] of ports.entries()) {
    nodes.push(new Node(port, join(folder, `tracker-${at}`), list, nodes[0], program));
  }
  const report: ClusterReport = {
    ...{ rounds: 0, accounts: 0, sessions: 0, memberships: 0, refused: 0, races: 0 },
    ...{ lost: [], wonTwice: [], signedOut: [] },
  };
  const load = new Load(nodes, random, report);
  try {
    await Promise.all(nodes.map((node) => node.start()));
    const working = load.start();
    for (; report.rounds < rounds; report.rounds += 1) {
      const fault = FAULTS[report.rounds % FAULTS.length] ?? 'kill a tracker';
      const at = random.int(nodes.length);
      say(`round ${report.rounds + 1}: ${fault} (${at})`);
      await load.progress();
      await hurt(fault, at, nodes);
      await load.progress();
    }
    load.stop();
    await working;
    await load.judge();
    return report;
  } finally {
    load.stop();
    await Promise.all(nodes.map((node) => node.stop()));
  }
}

async function hurt(fault: (typeof FAULTS)[number], at: number, nodes: readonly Node[]): Promise<void> {
  const [one, other] = [nodes[at], nodes[(at + 1) % nodes.length]];
  if (!one || !other) return;
  if (fault === 'kill a tracker') {
    await one.kill();
    await one.start();
  } else if (fault === 'stop a server') {
    await one.signalServer('SIGSTOP');
    await wait(STOPPED_MS);
    await one.signalServer('SIGCONT');
  } else {
    // The tracker starts it again.
    await one.signalServer('SIGKILL');
    if (fault === 'kill two servers') await other.signalServer('SIGKILL');
  }
}

interface Person {
  name: string;
  token?: string;
  isMember?: boolean;
}

/** People who register, sign in, join and look, each at any of the trackers. */
class Load {
  readonly #people: Person[] = [];
  #isOver = false;
  #done = 0;
  #wake: (() => void) | undefined;

  constructor(
    private readonly nodes: readonly Node[],
    private readonly random: SeededRandom,
    private readonly report: ClusterReport,
  ) {}

  async start(): Promise<void> {
    await Promise.all(Array.from({ length: WORKERS }, (_, worker) => this.#work(worker)));
  }

  stop(): void {
    this.#isOver = true;
  }

  /** Resolves when something more was acknowledged: the cluster can write. */
  async progress(): Promise<void> {
    const before = this.#done;
    while (this.#done < before + WORKERS) await new Promise<void>((resolve) => (this.#wake = resolve));
  }

  async #work(worker: number): Promise<void> {
    for (let n = 0; !this.#isOver; n += 1) {
      const name = `w${worker}x${n}`;
      const isRace = n % 4 === 3;
      const tries = await Promise.all(
        (isRace ? [0, 1] : [0]).map(() => this.#call('POST', '/register', { username: name, password: PASSWORD })),
      );
      const won = tries.filter((status) => status?.status === 200).length;
      if (isRace) this.report.races += 1;
      if (won > 1) this.report.wonTwice.push(name);
      if (won === 0) continue;
      const person: Person = { name };
      this.#people.push(person);
      this.report.accounts += 1;
      const login = await this.#call('POST', '/login', { username: name, password: PASSWORD });
      if (typeof login?.body['token'] !== 'string') continue;
      person.token = login.body['token'];
      this.report.sessions += 1;
      const joined = await this.#call('POST', '/add-list', { username: name, channel: CHANNEL }, person.token);
      if (joined?.status === 200) {
        person.isMember = true;
        this.report.memberships += 1;
      }
      this.#done += 1;
      this.#wake?.();
      await this.#look();
    }
  }

  /** Somebody who is signed in stays so, whatever is killed. */
  async #look(): Promise<void> {
    const person = this.random.pick(this.#people);
    if (person.token === undefined) return;
    const found = await this.#call('GET', '/me', undefined, person.token);
    if (found?.status === 401) this.report.signedOut.push(person.name);
  }

  /** At each tracker: everything that was acknowledged. */
  async judge(): Promise<void> {
    for (const node of this.nodes) {
      for (const { name, token, isMember } of this.#people) {
        const at = `${name} at ${node.url}`;
        if (token === undefined) {
          const again = await this.#persist(
            'POST',
            '/register',
            { username: name, password: PASSWORD },
            undefined,
            node,
          );
          if (again.status !== 409) this.report.lost.push(`account ${at}`);
          continue;
        }
        const { status } = await this.#persist('GET', '/me', undefined, token, node);
        if (status !== 200) this.report.lost.push(`session ${at}`);
        if (isMember === true && !(await this.#isIn(token, node))) this.report.lost.push(`membership ${at}`);
      }
    }
  }

  /** A tracker whose server was killed hears of what is new some seconds later. */
  async #isIn(token: string, node: Node): Promise<boolean> {
    const until = Date.now() + BEHIND_MS;
    for (;;) {
      const { body } = await this.#persist('GET', '/me', undefined, token, node);
      if (Array.isArray(body['channels']) && body['channels'].includes(CHANNEL)) return true;
      if (Date.now() > until) return false;
      await wait(500);
    }
  }

  async #persist(method: string, path: string, body: unknown, token: string | undefined, node: Node) {
    for (;;) {
      const answer = await this.#call(method, path, body, token, node);
      if (answer && answer.status !== 503 && answer.status !== 429) return answer;
      await wait(500);
    }
  }

  /** Undefined where there was no answer, or `unavailable`. */
  async #call(method: string, path: string, body?: unknown, token?: string, node = this.#any()) {
    try {
      const response = await fetch(node.url + path, {
        method,
        signal: AbortSignal.timeout(CALL_MS),
        headers: {
          ...(body === undefined ? {} : { 'content-type': 'application/json' }),
          ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
        },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      });
      const answer = { status: response.status, body: (await response.json()) as Record<string, unknown> };
      if (answer.status !== 503 && answer.status !== 429) return answer;
    } catch {
      // The tracker is gone, or too slow.
    }
    this.report.refused += 1;
    await wait(100);
    return undefined;
  }

  #any(): Node {
    return this.random.pick(this.nodes);
  }
}
