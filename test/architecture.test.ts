/**
 * The rules that keep this project one that can be changed: who imports whom, how long a file may be, what protocol/ may
 * touch, and that the map (docs/ARCHITECTURE.md) is that of the land. Each is shown to catch what it is there for.
 */
import { execFileSync } from 'node:child_process';
import { mkdir, readFile, symlink, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { checkImports, type ImportReport } from './support/imports.js';
import { misplacedNames, missingPaths } from './support/named-paths.js';
import { projectRoot } from './support/project.js';
import { impure, readSources, tooLong, untyped } from './support/sources.js';
import { TempDir } from './support/temp-dir.js';

const sources = readSources(projectRoot);

/** One breach of each rule: the rule, the file that breaks it, what that file says. */
const breaches: readonly (readonly [rule: string, file: string, text: string])[] = [
  ['protocol-is-pure', 'protocol/reads.ts', "import 'node:fs';"],
  ['tracker-imports-protocol-only', 'tracker/spies.ts', "import '../peer/main.js';"],
  ['peer-imports-protocol-only', 'peer/shortcut.ts', "import '../tracker/main.js';"],
  ['doors-know-services-and-commands', 'peer/doors/shortcut.ts', "import '../log/log.js';"],
  ['ui-imports-the-local-contract', 'ui/src/wire.ts', "import '../../protocol/entry.js';"],
  ['ui-takes-types-of-local-api', 'ui/src/heavy.ts', "import { schema } from '../../protocol/local-api.js'; schema;"],
  ['no-node-in-the-browser', 'ui/src/node.ts', "import 'node:path';"],
  ['peer-file-services-knows-only-lower-layers', 'peer/file-services.ts', "import './main.js';"],
  ['peer-hook-services-knows-only-lower-layers', 'peer/hook-services.ts', "import './main.js';"],
  ['peer-personal-services-knows-only-lower-layers', 'peer/personal-services.ts', "import './main.js';"],
  ['peer-reach-services-knows-only-lower-layers', 'peer/reach-services.ts', "import './main.js';"],
  ['peer-trust-services-knows-only-lower-layers', 'peer/trust-services.ts', "import './main.js';"],
  ['peer-services-knows-only-lower-layers', 'peer/services.ts', "import './main.js';"],
  ...['events', 'clock', 'identity', 'settings', 'store', 'link', 'tracker-client', 'reach', 'doctor'].map(belowMain),
  ...[
    'log',
    'files',
    'mesh',
    'commands',
    'people',
    'invites',
    'mailbox',
    'hooks',
    'export',
    'local',
    'doors',
    'setup',
  ].map(belowMain),
  ['no-cycle', 'scripts/egg.ts', "import './hen.js';"],
  ['no-test-support-in-the-program', 'tracker/uses.ts', "import './test-things.js';"],
  ['no-development-package-in-the-program', 'scripts/tool.ts', "import 'prettier';"],
  ['nothing-unresolved', 'scripts/lost.ts', "import './nowhere.js';"],
];

function belowMain(folder: string): [string, string, string] {
  return [`peer-${folder}-knows-only-lower-layers`, `peer/${folder}/breach.ts`, "import '../main.js';"];
}

/** What the breaches import, and imports that are fine. */
const rest: Readonly<Record<string, string>> = {
  'package.json': '{"devDependencies":{"prettier":"*"},"dependencies":{"typebox":"*"}}',
  'protocol/entry.ts': "import { hash } from 'node:crypto'; import 'typebox'; export const entry = hash;",
  'protocol/local-api.ts': 'export const schema = 1; export interface View { a: 1 }',
  'peer/main.ts': "import './local/door.js'; import './log/log.js';",
  'peer/local/door.ts': "import '../commands/post.js';",
  'peer/commands/post.ts': "import '../log/log.js';",
  'peer/log/log.ts': "import '../store/store.js'; import '../../protocol/entry.js';",
  'peer/store/store.ts': 'export const store = 1;',
  'peer/log/log.test.ts': "import '../main.js';",
  'tracker/main.ts': "import '../protocol/entry.js';",
  'tracker/test-things.ts': "import '../peer/main.js';",
  'ui/src/fine.ts': "import type { View } from '../../protocol/local-api.js'; export type Fine = View;",
  'scripts/hen.ts': "import './egg.js';",
};

test('no row is believed that comes before its commit: no statement returns what it writes', () => {
  const returning = sources.filter(({ path, text }) => !path.endsWith('.test.ts') && /\bRETURNING\s+[a-z*]/.test(text));
  expect(returning.map(({ path }) => path)).toEqual([]);
});

describe('imports', () => {
  let fixture: TempDir;
  let found: ImportReport;

  beforeAll(async () => {
    fixture = new TempDir();
    for (const [path, text] of [...Object.entries(rest), ...breaches.map(([, file, text]) => [file, text] as const)]) {
      await mkdir(dirname(join(fixture.path, path)), { recursive: true });
      await writeFile(join(fixture.path, path), text);
    }
    await symlink(join(projectRoot, 'node_modules'), join(fixture.path, 'node_modules'));
    found = await checkImports(fixture.path);
  });
  afterAll(() => fixture.remove());

  test('keep to the rules', async () => {
    const report = await checkImports(projectRoot);
    expect(report.files).toBeGreaterThan(50);
    expect(report.breaches).toEqual([]);
    // It reads more than a thousand files, beside other tests.
  }, 120_000);

  test.each(breaches)('%s catches %s', (rule, file) => {
    expect(found.breaches.filter(({ from }) => from === file).map((breach) => breach.rule)).toContain(rule);
  });

  test('every rule has a breach above that shows it, and none catches what is fine', () => {
    expect(new Set(found.breaches.map(({ rule }) => rule))).toEqual(new Set(found.rules));
    const meant = new Set([...breaches.map(([, file]) => file), 'scripts/hen.ts']);
    expect(found.breaches.filter(({ from }) => !meant.has(from))).toEqual([]);
  });
});

describe('sources', () => {
  test('are read', () => {
    const folders = new Set(sources.map(({ path }) => path.split('/')[0]));
    expect([...folders].sort()).toEqual(
      expect.arrayContaining(['peer', 'protocol', 'scripts', 'test', 'tracker', 'ui']),
    );
  });

  // A file above 300 lines is more than one thing, and nobody reads it before changing it.
  test('are at most 300 lines long', () => {
    expect(sources.flatMap(tooLong)).toEqual([]);
    expect(tooLong({ path: 'a.css', text: 'x\n'.repeat(300) })).toEqual([]);
    expect(tooLong({ path: 'a.css', text: 'x\n'.repeat(301) })).toHaveLength(1);
  });

  // What arrives over a socket is typed `unknown` until a schema has said otherwise; `any` would let it through.
  test('have no any, and silence no compiler', () => {
    expect(sources.filter(({ path }) => path !== 'test/architecture.test.ts').flatMap(untyped)).toEqual([]);
    const bad = 'const a: any = 1;\nconst b = a as any;\n// @ts-ignore\nconst any = "any";';
    expect(untyped({ path: 'a.ts', text: bad })).toEqual(['a.ts: @ts-ignore', 'a.ts:1: any', 'a.ts:2: any']);
  });

  // The clock and chance are arguments, so that a simulator can run a thousand peers, and run them again.
  test('of protocol/ have no clock, timer, chance or surroundings', () => {
    const pure = sources.filter(({ path }) => path.startsWith('protocol/') && !path.endsWith('.test.ts'));
    expect(pure.length).toBeGreaterThan(5);
    expect(pure.flatMap(impure)).toEqual([]);
    const bad = [
      "import { randomBytes } from 'node:crypto';",
      'setTimeout(() => Date.now(), Math.random());',
      'const now = new Date();',
      'const fine = { setTimeout: new Date(0) }.setTimeout;',
    ].join('\n');
    expect(impure({ path: 'a.ts', text: bad })).toEqual([
      'a.ts:1: randomBytes',
      'a.ts:2: setTimeout',
      'a.ts:2: Date.now',
      'a.ts:2: Math.random',
      'a.ts:3: new Date()',
    ]);
  });
});

describe('docs/ARCHITECTURE.md', () => {
  const listed = (): string[] =>
    execFileSync('git', ['ls-files', '--cached', '--others', '--exclude-standard'], {
      cwd: projectRoot,
      encoding: 'utf8',
    }).split('\n');

  test('names only paths that exist', async () => {
    const text = await readFile(join(projectRoot, 'docs/ARCHITECTURE.md'), 'utf8');
    expect(text).toMatch(/`?peer\//);
    expect(missingPaths(text, listed())).toEqual([]);
  });

  test('names what stands in a file only where it stands', async () => {
    const text = await readFile(join(projectRoot, 'docs/ARCHITECTURE.md'), 'utf8');
    expect(misplacedNames(text, (path) => sources.find((source) => source.path === path)?.text ?? '')).toEqual([]);
    expect(misplacedNames('`put` in `a.ts`, `take` in `a.ts`', () => 'function put() {}')).toEqual(['take in a.ts']);
  });

  test('a path that is not there would be found', () => {
    const text =
      'In `peer/log/commit.ts` and `gone.ts`, see [a](../docs/none.md), `peer/*/commit.ts`, `tracker/`, `const x`.';
    expect(missingPaths(text, ['peer/log/commit.ts', 'tracker/app.ts'])).toEqual(['gone.ts', 'docs/none.md']);
  });
});
