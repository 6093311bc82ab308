/** Command lines that cannot be meant, and data directories that cannot be used, as real processes. */
import { afterAll, beforeAll, describe, jest } from '@jest/globals';
import { generateKeyPairSync } from 'node:crypto';
import { chmod, mkdir, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { directory, empty, nonsense, type Breakage } from './breakages.js';
import { argsOf, expectRefusal, testAs, type Kind, type Result } from './profiles.js';
import { listing, start, twoAtATime } from './refusal.js';
import { TempDir } from '../support/temp-dir.js';

interface Case {
  readonly kind: Kind;
  readonly is: string;
  /** Besides ports and a data directory. FOLDER stands for a folder of the case's own. */
  readonly flags: readonly string[];
  readonly says: readonly (string | RegExp)[];
  readonly before?: (folder: string) => Promise<unknown>;
  readonly unprivileged?: boolean;
}

const file =
  (name: string, by: Breakage) =>
  (folder: string): Promise<void> =>
    by(join(folder, name));
const both: readonly Kind[] = ['peer', 'tracker'];

const places: readonly Case[] = both.flatMap((kind): Case[] => {
  const at = (path: string): readonly string[] => ['--data-dir', path];
  const says = (path: string, ...more: RegExp[]) => [path, ...more, /--data-dir/];
  const x = 'FOLDER/x';
  return [
    { kind, is: 'a file', flags: at(x), says: says(x, /not a directory/), before: file('x', empty) },
    { kind, is: 'below a file', flags: at(`${x}/y`), says: says(x), before: file('x', empty) },
    {
      kind,
      is: 'a link to nowhere',
      flags: at(x),
      says: says(x, /link/),
      before: (f) => symlink('/no/where', join(f, 'x')),
    },
    { kind, is: 'a link to itself', flags: at(x), says: says(x), before: (f) => symlink(join(f, 'x'), join(f, 'x')) },
    { kind, is: 'a device', flags: at('/dev/null'), says: says('/dev/null', /not a directory/) },
    { kind, is: 'on a disk that takes no files', flags: at('/proc/parley'), says: says('/proc/parley') },
    { kind, is: 'too long a name', flags: at(`FOLDER/${'x'.repeat(300)}`), says: [/--data-dir/] },
    { kind, is: 'no place', flags: ['--data-dir='], says: [/--data-dir/] },
    {
      ...{ kind, is: 'not to be written', flags: at(x), says: says(x, /this account/), unprivileged: true },
      before: (f) => mkdir(join(f, 'x'), { mode: 0o755 }),
    },
  ];
});

const flags: readonly Case[] = [
  { kind: 'tracker', is: 'a port that is no number', flags: ['--port', 'abc'], says: [/--port/] },
  { kind: 'tracker', is: 'a port beyond the last', flags: ['--port', '70000'], says: [/--port/] },
  { kind: 'tracker', is: 'a port without a number', flags: ['--port'], says: [/port/] },
  { kind: 'tracker', is: 'a port twice', flags: ['--port', '1', '--port', '2'], says: [/--port/] },
  {
    kind: 'tracker',
    is: 'a host that is not here',
    flags: ['--host', '203.0.113.7'],
    says: [/203\.0\.113\.7.*--host/],
  },
  { kind: 'tracker', is: 'no proxy', flags: ['--trust-proxy', 'foo'], says: [/"foo".*--trust-proxy/] },
  { kind: 'tracker', is: 'a certificate alone', flags: ['--tls-cert', 'FOLDER/x'], says: [/tls-key/] },
  ...(
    [
      ['missing', undefined],
      ['empty', empty],
      ['no certificate', nonsense],
      ['a directory', directory],
    ] as const
  ).map(([is, by]): Case => ({
    ...{
      kind: 'tracker',
      is: `a certificate that is ${is}`,
      says: ['FOLDER/x', /--tls-cert|certificate with its key/],
    },
    flags: ['--tls-cert', 'FOLDER/x', '--tls-key', 'FOLDER/key'],
    before: async (f) => {
      const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
      await writeFile(join(f, 'key'), privateKey.export({ type: 'pkcs8', format: 'pem' }));
      await by?.(join(f, 'x'));
    },
  })),
  { kind: 'peer', is: 'a name that is a flag', flags: ['--username', '-x'], says: [/username|: x/] },
  { kind: 'peer', is: 'a name that begins as a flag', flags: ['--username=-x'], says: [/"-x".*--username/] },
  { kind: 'peer', is: 'no name', flags: ['--username='], says: [/--username/] },
  { kind: 'peer', is: 'two names', flags: ['--username', 'a', '--username', 'b'], says: [/--username/] },
  { kind: 'peer', is: 'a port that is no number', flags: ['--peer-port', 'abc'], says: [/--peer-port/] },
  { kind: 'peer', is: 'a port beyond the last', flags: ['--ui-port', '70000'], says: [/--ui-port/] },
  { kind: 'peer', is: 'a time that is no number', flags: ['--link-timeout', 'abc'], says: [/--link-timeout/] },
  {
    kind: 'peer',
    is: 'a host that is not here',
    flags: ['--username', 'a', '--host', '203.0.113.7'],
    says: [/203.*--host/],
  },
  { kind: 'peer', is: 'no address of a tracker', flags: ['--tracker', 'a b'], says: [/"a b".*--tracker/] },
  { kind: 'peer', is: 'half an invite', flags: ['--invite', 'http://h/join#1.x'], says: [/whole invite/] },
  { kind: 'peer', is: 'a CA that is missing', flags: ['--tracker-ca', 'FOLDER/x'], says: ['FOLDER/x'] },
  {
    kind: 'peer',
    is: 'a CA that is none',
    flags: ['--tracker-ca', 'FOLDER/x'],
    says: ['FOLDER/x', /--tracker-ca/],
    before: file('x', nonsense),
  },
  {
    kind: 'peer',
    is: 'a CA that is a directory',
    flags: ['--tracker-ca', 'FOLDER/x'],
    says: ['FOLDER/x'],
    before: file('x', directory),
  },
  { kind: 'peer', is: 'a key log nowhere', flags: ['--username', 'a', '--keylog', 'FOLDER/x/y'], says: ['FOLDER/x/y'] },
];

// A start takes seconds where the machine is busy.
jest.setTimeout(120_000);

let top: TempDir;
const all = [...places, ...flags];
let results: Promise<Result & { folder: string }>[];

async function run({ kind, flags, before, unprivileged = false }: Case, at: number) {
  const folder = join(top.path, String(at));
  await mkdir(join(folder), { mode: 0o755 });
  await before?.(folder);
  const given = flags.map((flag) => flag.replaceAll('FOLDER', folder));
  const own = given.some((flag) => flag.startsWith('--data-dir')) ? ['--data-dir'] : [];
  const rest = given.filter((flag) => /^--[a-z-]*port|^--host/.test(flag)).map((flag) => flag.split('=')[0] ?? '');
  const args = [...without(argsOf(kind, join(folder, 'data')), [...own, ...rest]), ...given];
  const was = listing(folder);
  const outcome = await start({ args, unprivileged, env: { XDG_DATA_HOME: join(folder, 'home') } });
  return { ...outcome, folder, dataDir: join(folder, 'data'), before: was, after: listing(folder) };
}

/** The arguments without these flags and their values. */
function without(args: readonly string[], names: readonly string[]): string[] {
  return args.filter((arg, at) => !names.includes(arg) && !names.includes(args[at - 1] ?? ''));
}

beforeAll(async () => {
  top = new TempDir();
  await chmod(top.path, 0o755);
  results = twoAtATime(all.map((one, at) => () => run(one, at)));
});
afterAll(() => top.remove());

async function refused({ says }: Case, at: number): Promise<void> {
  const result = await results[at];
  if (!result) throw new Error(`there is no case ${String(at)}`);
  // The data directory itself may have been made: it is where a start is tried.
  const after = Object.fromEntries(Object.entries(result.after).filter(([name]) => !name.startsWith('./data')));
  expectRefusal(
    { ...result, after },
    ...says.map((one) => (typeof one === 'string' ? one.replace('FOLDER', result.folder) : one)),
  );
}

describe('is refused in one line, and nothing is made: --data-dir that is', () => {
  for (const [at, one] of places.entries())
    testAs(one.unprivileged ?? false, `${one.is}, of a ${one.kind}`, () => refused(one, at));
});

describe('is refused in one line that names the flag:', () => {
  for (const [at, one] of flags.entries())
    testAs(one.unprivileged ?? false, `${one.kind}, ${one.is}`, () => refused(one, places.length + at));
});
