/**
 * Machines on a network of their own, made of Linux network namespaces: each has a cable for its links (`lan`) and one by
 * which the test and the tracker reach it (`house`), so that cutting the first leaves the second whole. Needs root.
 */
import { execFile, execFileSync } from 'node:child_process';
import { promisify } from 'node:util';

const run = promisify(execFile);
const ip = (...args: string[]): Promise<unknown> => run('ip', args);

/** Whether this machine lets us. */
export function namespacesPermitted(): boolean {
  const probe = `parley-probe-${process.pid}`;
  try {
    execFileSync('ip', ['netns', 'add', probe], { stdio: 'ignore' });
    execFileSync('ip', ['netns', 'del', probe], { stdio: 'ignore' });
    return true;
  } catch {
    return false; // No `ip`, not root, or not Linux.
  }
}

export interface Place {
  readonly name: string;
  /** What to run a program under to be there. */
  readonly under: readonly string[];
  /** Where its links are; on the `lan`. */
  readonly lan: string;
  /** Where the test reaches it; on the `house`. */
  readonly house: string;
}

export class Network {
  readonly #places = new Map<string, Place>();

  private constructor(private readonly tag: string) {}

  /** `tag`: at most four characters, of its own for each network on this machine. */
  static async create(tag: string): Promise<Network> {
    const network = new Network(tag);
    await network.#remove();
    for (const bridge of ['l', 'h']) {
      await ip('link', 'add', `p${tag}${bridge}`, 'type', 'bridge');
      await ip('link', 'set', `p${tag}${bridge}`, 'up');
    }
    await ip('address', 'add', `${network.trackerHost}/24`, 'dev', `p${tag}h`);
    return network;
  }

  /** The test's own address in the house, where a tracker can listen. */
  readonly trackerHost = '10.213.77.1';

  async add(name: string): Promise<Place> {
    const n = this.#places.size + 2;
    const namespace = `parley-${this.tag}-${name}`;
    const place = {
      name,
      under: ['ip', 'netns', 'exec', namespace],
      lan: `10.213.78.${n}`,
      house: `10.213.77.${n}`,
    };
    this.#places.set(name, place);
    await ip('netns', 'add', namespace);
    await ip('-n', namespace, 'link', 'set', 'lo', 'up');
    for (const [cable, address] of [
      ['l', place.lan],
      ['h', place.house],
    ] as const) {
      const [here, there] = [this.#cable(name, cable), `eth-${cable}`];
      await ip('link', 'add', here, 'type', 'veth', 'peer', 'name', there, 'netns', namespace);
      await ip('link', 'set', here, 'master', `p${this.tag}${cable}`, 'up');
      await ip('-n', namespace, 'address', 'add', `${address}/24`, 'dev', there);
      await ip('-n', namespace, 'link', 'set', there, 'up');
    }
    return place;
  }

  /** Packets of its links are lost from now on, both ways, and nobody is told: its own cable still looks plugged in. */
  async unplug(name: string): Promise<void> {
    await ip('link', 'set', this.#cable(name, 'l'), 'nomaster');
  }

  async plug(name: string): Promise<void> {
    await ip('link', 'set', this.#cable(name, 'l'), 'master', `p${this.tag}l`);
  }

  /** What `from` sends to `to` is lost; the other way works. */
  async deafen(to: string, from: string): Promise<void> {
    const nobody = '02:00:00:00:00:01';
    await this.#neighbour(from, 'replace', this.#place(to).lan, 'lladdr', nobody, 'nud', 'permanent');
  }

  async undeafen(to: string, from: string): Promise<void> {
    await this.#neighbour(from, 'del', this.#place(to).lan);
  }

  async close(): Promise<void> {
    await this.#remove();
  }

  #neighbour(at: string, verb: string, ...args: string[]): Promise<unknown> {
    return ip('-n', `parley-${this.tag}-${at}`, 'neighbour', verb, ...args, 'dev', 'eth-l');
  }

  #place(name: string): Place {
    const place = this.#places.get(name);
    if (!place) throw new Error(`there is no ${name} on this network`);
    return place;
  }

  #cable(name: string, cable: 'l' | 'h'): string {
    return `p${this.tag}${cable}-${name.slice(0, 6)}`;
  }

  /** What this run, or one that was killed, has left: namespaces take their cables with them. */
  async #remove(): Promise<void> {
    const { stdout } = await run('ip', ['netns', 'list']);
    for (const line of stdout.split('\n')) {
      const [namespace = ''] = line.split(' ');
      if (namespace.startsWith(`parley-${this.tag}-`)) await ip('netns', 'del', namespace);
    }
    for (const bridge of ['l', 'h']) await ip('link', 'del', `p${this.tag}${bridge}`).catch(() => undefined);
  }
}
