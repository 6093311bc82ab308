/** `parley service`: a daemon that starts at log-in, made known to the system, looked at, or taken away again. */
import type { CommandModule } from 'yargs';
import { ParleyError } from '../../protocol/errors.js';
import type { ServicePlan, SystemCommand } from '../service/plan.js';

const daemons = {
  peer: () => import('./peer.js'),
  tracker: () => import('./tracker.js'),
  gateway: () => import('./gateway.js'),
  relay: () => import('./relay.js'),
  proxy: () => import('./proxy.js'),
};
type Daemon = keyof typeof daemons;

interface Flags {
  action: 'install' | 'status' | 'remove';
  daemon: Daemon;
  /** What stands there without a `--` before it. */
  flags?: string[] | undefined;
  name?: string | undefined;
}

const command: CommandModule<object, Flags> = {
  command: 'service',
  describe: 'Start a peer or a tracker whenever you log in',
  builder: (yargs) =>
    yargs
      .positional('action', {
        choices: ['install', 'status', 'remove'] as const,
        describe: 'What to do; what runs is installed anew, with the flags given now',
        demandOption: true,
      })
      .positional('daemon', {
        choices: Object.keys(daemons) as Daemon[],
        describe: 'What is to run',
        demandOption: true,
      })
      .positional('flags', { type: 'string', array: true, describe: 'Its own flags, after --' })
      .option('name', { type: 'string', describe: 'Name of the service, for a second one [default: parley-peer]' })
      .example('parley service install peer', 'Your peer, from now on and at each log-in')
      .example('parley service install tracker -- --host 0.0.0.0', 'A tracker for everybody on this network')
      .example('parley service install peer --name parley-bob -- --username bob --peer-port 9102', 'A second peer'),
  handler: run,
};

export default command;

/** Settings of a first start: a service has nobody to ask, and its command line can be read by others. */
const FIRST_START = ['password', 'passwordStdin', 'register', 'invite', 'join', 'import'];

async function run({ action, daemon, flags: misplaced = [], name = `parley-${daemon}` }: Flags): Promise<void> {
  if (misplaced.length > 0)
    throw new ParleyError('bad_request', `"${misplaced.join(' ')}": flags of the ${daemon} stand after a "--".`);
  // As they were typed: yargs takes `0123` there for a number.
  const own = process.argv.indexOf('--');
  const flags = own < 0 ? [] : process.argv.slice(own + 1);
  const [{ homedir, userInfo }, { rm, mkdir, writeFile }, { dirname }, { servicePlan }, { realpathSync }] =
    await Promise.all([
      import('node:os'),
      import('node:fs/promises'),
      import('node:path'),
      import('../service/service.js'),
      import('node:fs'),
    ]);
  const program = realpathSync(process.argv[1] ?? '');
  const plan = servicePlan(
    process.platform,
    { name, title: `Parley: ${daemon}`, command: [process.execPath, program, daemon, ...flags], folder: process.cwd() },
    { home: homedir(), configHome: process.env['XDG_CONFIG_HOME'], uid: userInfo().uid },
  );
  if (action === 'status') {
    process.exitCode = await call(plan.status, true);
    return;
  }
  if (action === 'install') await checkDaemon(daemon, flags);
  for (const each of plan.stop) await call(each, false).catch(needsSystem);
  if (action === 'remove') {
    await rm(plan.file, { force: true });
    for (const each of plan.removed) await call(each, false);
    process.stdout.write(`${name} does not start any more. What it stored is still there.\n`);
    return;
  }
  await mkdir(dirname(plan.file), { recursive: true });
  await writeFile(plan.file, plan.content, { mode: 0o600 });
  try {
    for (const each of plan.install) await done(each);
  } catch (error) {
    await rm(plan.file, { force: true });
    throw error;
  }
  process.stdout.write(installed(name, plan));
}

function installed(name: string, { file, log, hint }: ServicePlan): string {
  const lines = [`${name} runs, and starts whenever you log in (${file}).`, `Its log: ${log}`];
  return [...lines, ...(hint === undefined ? [] : [hint]), ''].join('\n');
}

/** Says now what the service could only say in its log: flags that do not exist, a peer that nobody has set up. */
async function checkDaemon(daemon: Daemon, flags: readonly string[]): Promise<void> {
  const { runCommandLine } = await import('../cli.js');
  let parsed: Record<string, unknown> | undefined;
  let wrong: string | undefined;
  const { builder } = (await daemons[daemon]()).default as CommandModule;
  const parse: CommandModule = { builder: builder ?? {}, handler: (given) => void (parsed = given) };
  await runCommandLine({
    commands: [{ name: daemon, describe: '', load: () => Promise.resolve(parse) }],
    ...{ argv: [daemon, ...flags], env: {}, version: '' },
    print: () => (wrong = 'A service prints no help and no version: leave that flag out.'),
    printError: (text) => (wrong = text.replace(/^parley: /, '')),
  });
  if (!parsed) throw new ParleyError('bad_request', wrong ?? 'That command line is not valid.');
  const first = FIRST_START.find((flag) => parsed?.[flag] !== undefined && parsed[flag] !== false);
  if (first !== undefined)
    throw new ParleyError(
      'bad_request',
      `Start "parley ${daemon}" by hand with that flag once; it keeps what it was told, and others could read it in a service.`,
    );
  if (daemon === 'peer') await (await import('../process/running-peer.js')).profileOf(parsed);
}

/** @throws (rejects with) ParleyError unavailable with what the command printed, where it failed */
async function done(wanted: SystemCommand): Promise<void> {
  const code = await call(wanted, true).catch(needsSystem);
  if (code !== 0)
    throw new ParleyError(
      'unavailable',
      `"${wanted.join(' ')}" failed (above); nothing starts at log-in until it works.`,
    );
}

/** Its exit code. Rejects where there is no such program. */
async function call([program, ...args]: SystemCommand, show: boolean): Promise<number> {
  const { spawn } = await import('node:child_process');
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, { stdio: ['ignore', show ? 'inherit' : 'ignore', show ? 'inherit' : 'ignore'] });
    child.once('error', reject);
    child.once('close', (code) => resolve(code ?? 1));
  });
}

function needsSystem(error: NodeJS.ErrnoException): never {
  throw new ParleyError(
    'unavailable',
    `${error.path ?? 'The service manager'} is not there: this system starts services in another way. Let that run "parley peer" or "parley tracker".`,
  );
}
