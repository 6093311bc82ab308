/**
 * An internet of network namespaces, to be made in a sandbox: in the middle a router that holds up packets as a long way does, around it a
 * tracker and homes of each kind.
 */
import { execFile, spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { promisify } from 'node:util';
import { ROUTERS, type Kind, type Outside } from './kinds.js';

const run = promisify(execFile);

export interface LabOptions {
  /** One way, through the middle. Milliseconds; 0: packets are not held up. */
  readonly delayMs: number;
  readonly jitterMs: number;
  readonly lossPercent: number;
  /** The program that holds them up. */
  readonly delayer: string;
}

/** What to run a program under to be at a place. */
type Under = readonly [command: string, ...rest: string[]];

export interface Home {
  readonly name: string;
  readonly kind: Kind;
  readonly under: Under;
  readonly tracker: string;
  /** Its address as the tracker sees it, of IPv4. */
  readonly world: string;
  /** Its routers, the outermost first. */
  readonly routers: readonly string[];
}

const TRACKER = { v4: '203.0.113.2', v6: '2001:db8:0:2::10', port: 8001 };
const OUTSIDE: Outside = { tracker: TRACKER.v4, port: TRACKER.port };
const MIDDLE = '203.0.113.1';
/** Every place hands on what is not for itself, whichever way it came. */
const ROUTES = [
  ...['net.ipv4.ip_forward=1', 'net.ipv6.conf.all.forwarding=1'],
  ...['net.ipv4.conf.all.rp_filter=0', 'net.ipv4.conf.default.rp_filter=0'],
];

export class Lab {
  readonly trackerUnder = under('trk');
  readonly trackerPort = TRACKER.port;
  private readonly places: string[] = [];
  private delayer: ChildProcess | undefined;
  /** Why packets are not held up, where they should be. */
  undelayed: string | undefined;
  private count = 2;

  private constructor(private readonly options: LabOptions) {}

  static async create(options: LabOptions): Promise<Lab> {
    const lab = new Lab(options);
    await lab.place('inet');
    if (options.delayMs > 0) await lab.delay().catch((error: unknown) => (lab.undelayed = String(error)));
    await lab.place('trk');
    await lab.attach('trk', 2, TRACKER.v4);
    await ip('trk', '-6', 'address', 'add', `${TRACKER.v6}/64`, 'dev', 'wan', 'nodad');
    return lab;
  }

  /** @param network the first three numbers of its public address: miniupnpd forwards nothing from one that is for documentation */
  async home(name: string, kind: Kind, network = '203.0.113'): Promise<Home> {
    const at = (this.count += 1);
    const host = `h-${name}`;
    await this.place(host);
    const routers = ROUTERS[kind].map((rules, depth) => ({ name: `r${depth}-${name}`, rules }));
    for (const router of routers) await this.place(router.name);
    const [outermost] = routers;
    const world = `${network}.${at}`;
    if (!outermost) await this.attach(host, at, world);
    else if (kind === 'v6') await this.home6(host, outermost.name, at);
    else if (kind === 'fw') {
      // Its router has an address of its own, and the home a public one.
      await this.attach(outermost.name, at, `198.51.100.${at}`);
      await cable(outermost.name, 'lan', host, 'wan', { near: '198.51.100.254', far: world });
      await ip('inet', 'route', 'add', world, 'via', `198.51.100.${at}`, 'dev', `w${at}`);
    } else {
      await this.attach(outermost.name, at, world);
      const inner = [...routers.map((router) => router.name).slice(1), host];
      for (const [depth, next] of inner.entries()) {
        const isHome = next === host;
        const [near, far] = isHome ? ['192.168.1.1', `192.168.1.${at}`] : [`100.64.${at}.1`, `100.64.${at}.2`];
        await cable(routers[depth]?.name ?? '', 'lan', next, 'wan', { near, far });
      }
    }
    for (const [depth, router] of routers.entries()) {
      const next = depth + 1 < routers.length ? `100.64.${at}.2` : `192.168.1.${at}`;
      await rules(router.name, router.rules(next, OUTSIDE));
    }
    const tracker = kind === 'v6' ? `[${TRACKER.v6}]` : TRACKER.v4;
    const names = routers.map((router) => router.name);
    return { name, kind, under: under(host), tracker: `http://${tracker}:${TRACKER.port}`, world, routers: names };
  }

  /** Whatever runs there must have ended. */
  async close(): Promise<void> {
    this.delayer?.kill();
    for (const name of this.places) await run('ip', ['netns', 'del', name]);
  }

  private async place(name: string): Promise<void> {
    await run('ip', ['netns', 'add', name]);
    this.places.push(name);
    await ip(name, 'link', 'set', 'lo', 'up');
    await run('ip', ['netns', 'exec', name, 'sysctl', '-qw', ...ROUTES]);
  }

  private async home6(host: string, router: string, at: number): Promise<void> {
    await this.attach(router, at);
    await join(router, 'lan', host, 'wan');
    await ip(router, '-6', 'address', 'add', 'fe80::1/64', 'dev', 'lan', 'nodad');
    await ip(router, '-6', 'route', 'add', `2001:db8:0:${at}::/64`, 'dev', 'lan');
    await ip(host, '-6', 'address', 'add', `2001:db8:0:${at}::10/64`, 'dev', 'wan', 'nodad');
    await ip(host, '-6', 'route', 'add', 'default', 'via', 'fe80::1', 'dev', 'wan');
  }

  /** A cable to the middle, with this address, or with a network of IPv6 alone. */
  private async attach(name: string, at: number, v4?: string): Promise<void> {
    const here = `w${at}`;
    await join('inet', here, name, 'wan');
    await ip('inet', '-6', 'address', 'add', 'fe80::1/64', 'dev', here, 'nodad');
    await ip(name, '-6', 'address', 'add', 'fe80::2/64', 'dev', 'wan', 'nodad');
    await ip('inet', '-6', 'route', 'add', `2001:db8:0:${at}::/64`, 'via', 'fe80::2', 'dev', here);
    await ip(name, '-6', 'route', 'add', 'default', 'via', 'fe80::1', 'dev', 'wan');
    if (v4 === undefined) return;
    await ip('inet', 'address', 'add', MIDDLE, 'dev', here);
    await ip('inet', 'route', 'add', v4, 'dev', here);
    await ip(name, 'address', 'add', `${v4}/32`, 'dev', 'wan');
    await ip(name, 'route', 'add', MIDDLE, 'dev', 'wan', 'scope', 'link');
    await ip(name, 'route', 'add', 'default', 'via', MIDDLE, 'dev', 'wan', 'src', v4);
  }

  /** What comes from a home goes into the delayer, and what comes out of it to where it is meant for. */
  private async delay(): Promise<void> {
    const { delayer, delayMs, jitterMs, lossPercent } = this.options;
    const how = ['held', `${delayMs}`, `${jitterMs}`, `${lossPercent}`];
    // All packets pass through this one process: where the machine is busy it must not be what holds them up. (Not permitted: as it is.)
    const first = ['-n', '-15', 'ip', 'netns', 'exec', 'inet'];
    const child = spawn('nice', [...first, 'python3', delayer, ...how], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    this.delayer = child;
    const ended = once(child, 'exit').then(() => Promise.reject(new Error('python3 with /dev/net/tun is needed')));
    await Promise.race([once(child.stdout, 'data'), ended]);
    ended.catch(() => undefined);
    await ip('inet', 'link', 'set', 'held', 'up');
    for (const family of ['-4', '-6']) {
      await ip('inet', family, 'rule', 'add', 'pref', '10', 'iif', 'held', 'lookup', 'main');
      await ip('inet', family, 'rule', 'add', 'pref', '20', 'iif', 'lo', 'lookup', 'main');
      // Neighbours are not far away.
      if (family === '-6') await ip('inet', family, 'rule', 'add', 'pref', '15', 'to', 'fe80::/10', 'lookup', 'main');
      await ip('inet', family, 'rule', 'add', 'pref', '30', 'lookup', '100');
      await ip('inet', family, 'route', 'add', 'default', 'dev', 'held', 'table', '100');
    }
  }
}

const under = (name: string): Under => ['ip', 'netns', 'exec', name];

function ip(name: string, ...args: readonly string[]): Promise<unknown> {
  return run('ip', ['-n', name, ...args]);
}

async function join(here: string, near: string, there: string, far: string): Promise<void> {
  await run('ip', ['link', 'add', near, 'netns', here, 'type', 'veth', 'peer', 'name', far, 'netns', there]);
  await ip(here, 'link', 'set', near, 'up');
  await ip(there, 'link', 'set', far, 'up');
}

/** Between a router and what is behind it: its way out leads there. */
async function cable(
  here: string,
  near: string,
  there: string,
  far: string,
  at: { near: string; far: string },
): Promise<void> {
  await join(here, near, there, far);
  const bits = at.far.startsWith('203.') ? 32 : 24;
  await ip(here, 'address', 'add', `${at.near}/${bits}`, 'dev', near);
  await ip(there, 'address', 'add', `${at.far}/${bits}`, 'dev', far);
  if (bits === 32) {
    await ip(here, 'route', 'add', at.far, 'dev', near);
    await ip(there, 'route', 'add', at.near, 'dev', far, 'scope', 'link');
  }
  await ip(there, 'route', 'add', 'default', 'via', at.near, 'dev', far);
}

export async function rules(name: string, text: string): Promise<void> {
  await run('ip', ['netns', 'exec', name, 'nft', text]);
}
