/** The lab of the doctor: one home after the other, each with a peer of its own, in which something is made wrong. */
import { execFile, spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { DoctorReport } from '../../../protocol/doctor.js';
import type { CommandResults } from '../../../protocol/local-api.js';
import { Daemon, type PeerReady, type TrackerReady } from '../../daemon/daemon.js';
import { rules, type Home, type Lab } from '../lab.js';
import { upnpRouter } from './upnp-router.js';
import { PLACES } from './places.js';

const run = promisify(execFile);

/** One home, and the names of its places. */
export interface Stage {
  readonly home: Home;
  readonly host: string;
  /** The outermost router, and the innermost; the same where there is one. */
  readonly router: string;
  readonly inner: string;
  /** Its address as the tracker sees it. */
  readonly world: string;
  readonly folder: string;
  /** What to run a program under to be there. */
  readonly under: readonly string[];
}

export interface BoxOptions {
  readonly lab: Lab;
  readonly folder: string;
  readonly programs: { readonly daemon: string; readonly middlemen: string; readonly ask: string };
}

/** A process that takes longer than the doctor may has failed. Milliseconds. */
const DOCTOR_MS = 30_000;
const LIMIT = { timeout: 60_000 };
const PASSWORD = 'of no importance';

export class Box {
  readonly #children: ChildProcess[] = [];
  readonly #daemons = new Set<Daemon<unknown>>();

  private constructor(private readonly options: BoxOptions) {}

  static async open(options: BoxOptions): Promise<Box> {
    const box = new Box(options);
    for (const port of [PLACES.tracker, PLACES.otherTracker]) {
      const args = ['tracker', '--json', '--host', '::', '--port', String(port), '--registration', 'open'];
      const data = ['--data-dir', join(options.folder, `tracker ${port}`)];
      await box.#daemon<TrackerReady>('tracker', options.lab.trackerUnder, [...args, ...data]);
    }
    await box.middlemen('trk');
    await box.rules(
      'trk',
      'table ip divert {\n chain prerouting { type nat hook prerouting priority -100; }\n chain input { type filter hook input priority 0; }\n }',
    );
    return box;
  }

  async stage(home: Home, nameServer: string | undefined): Promise<Stage> {
    const folder = join(this.options.folder, home.name);
    await mkdir(folder, { recursive: true });
    let { under } = home as { under: readonly string[] };
    if (nameServer !== undefined) {
      const file = join(folder, 'resolv.conf');
      await writeFile(file, `nameserver ${nameServer}\n`);
      under = [
        ...under,
        'unshare',
        '--mount',
        'sh',
        '-c',
        `mount --bind '${file}' /etc/resolv.conf && exec "$@"`,
        'sh',
      ];
    }
    const [host, router = host, inner = router] = [`h-${home.name}`, ...home.routers] as const;
    return { home, host, router, inner, world: home.world, folder, under };
  }

  /** @returns undefined where nobody is signed in */
  peer(
    { home, folder, under }: Stage,
    args: readonly string[],
    tracker: string | undefined,
  ): Promise<Daemon<PeerReady>> {
    const usual = [
      'peer',
      '--json',
      '--username',
      home.name,
      '--data-dir',
      join(folder, 'data'),
      '--peer-port',
      '9101',
    ];
    const place = args.includes('--host') ? [] : ['--host', '0.0.0.0'];
    const account = tracker === undefined ? ['--register', '--tracker', home.tracker] : ['--tracker', tracker];
    const env: Record<string, string> = tracker === undefined ? { PARLEY_PASSWORD: PASSWORD } : {};
    return this.#daemon<PeerReady>(home.name, under, [...usual, ...place, ...account, ...args], env);
  }

  /** As a person runs it, there. @returns what it says, and how long all of it took, milliseconds */
  async doctor({
    folder,
    under,
    home,
  }: Stage): Promise<{ report: DoctorReport | undefined; ms: number; said: string }> {
    const since = performance.now();
    const args = ['doctor', '--json', '--username', home.name, '--data-dir', join(folder, 'data')];
    const [command = process.execPath, ...rest] = [...under, process.execPath, this.options.programs.daemon, ...args];
    const child = spawn(command, rest, { stdio: ['ignore', 'pipe', 'pipe'], timeout: DOCTOR_MS });
    const ended = once(child, 'close');
    let [said, wrong] = ['', ''];
    child.stdout.on('data', (part: Buffer) => (said += part.toString()));
    child.stderr.on('data', (part: Buffer) => (wrong += part.toString()));
    await ended;
    // To the end of the process, which is what a person waits for.
    const ms = performance.now() - since;
    try {
      return { report: JSON.parse(said) as DoctorReport, ms, said };
    } catch {
      return { report: undefined, ms, said: `${said}${wrong}`.trim() };
    }
  }

  /** By another program of the same user, once the peer is with its tracker. @returns what is answered */
  async command(
    { folder, under, home }: Stage,
    command: string,
    args: Readonly<Record<string, string>> = {},
  ): Promise<unknown> {
    const [program = process.execPath, ...rest] = under;
    const asked = [join(folder, 'data'), home.name, command, JSON.stringify(args)];
    const { stdout } = await run(program, [...rest, process.execPath, this.options.programs.ask, ...asked], LIMIT);
    return JSON.parse(stdout);
  }

  /** By a second device of the same user, of which nothing is left. */
  async revoke(stage: Stage): Promise<void> {
    const second = { ...stage, folder: join(stage.folder, 'second') };
    const args = ['peer', '--json', '--username', stage.home.name, '--data-dir', join(second.folder, 'data')];
    const place = ['--tracker', stage.home.tracker, '--peer-port', '9102', '--host', '0.0.0.0'];
    const daemon = await this.#daemon('second', stage.under, [...args, ...place], { PARLEY_PASSWORD: PASSWORD });
    const { devices } = (await this.command(second, 'devices.list')) as CommandResults['devices.list'];
    const first = devices.find(({ current }) => !current);
    await this.command(second, 'devices.revoke', { device: first?.device ?? '' });
    await this.stop(daemon);
  }

  /** What comes from there to the tracker meets this. */
  divert(world: string, what: string): Promise<unknown> {
    const chain = what === 'drop' ? 'input' : 'prerouting';
    return this.rules('trk', `add rule ip divert ${chain} ip saddr ${world} tcp dport ${PLACES.tracker} ${what}`);
  }

  rules(place: string, text: string): Promise<unknown> {
    return rules(place, text);
  }

  ip(place: string, ...args: readonly string[]): Promise<unknown> {
    return run('ip', ['-n', place, ...args]);
  }

  async upnp(router: string, speaks: { natPmp: boolean; upnp: boolean }): Promise<void> {
    this.#children.push(await upnpRouter(router, this.options.folder, speaks));
  }

  async middlemen(place: string): Promise<void> {
    const args = ['netns', 'exec', place, process.execPath, this.options.programs.middlemen];
    const child = spawn('ip', args, { stdio: ['ignore', 'inherit', 'inherit', 'ipc'] });
    this.#children.push(child);
    await once(child, 'message');
  }

  async stop(daemon: Daemon<unknown>): Promise<void> {
    this.#daemons.delete(daemon);
    await daemon.stop();
  }

  async close(): Promise<void> {
    await Promise.all([...this.#daemons].map((daemon) => daemon.kill9()));
    for (const child of this.#children) child.kill('SIGKILL');
  }

  async #daemon<Ready>(
    name: string,
    under: readonly string[],
    args: readonly string[],
    env: Readonly<Record<string, string>> = {},
  ): Promise<Daemon<Ready>> {
    const { programs } = this.options;
    const daemon = await Daemon.start<Ready>({
      name,
      program: programs.daemon,
      under,
      args,
      env,
      readyWithinMs: 120_000,
    });
    this.#daemons.add(daemon);
    return daemon;
  }
}
