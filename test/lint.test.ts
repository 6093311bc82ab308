/** The rules of .oxlintrc.json are in force: one breach of each kind is planted, and found, at the files for which it holds. */
import { copyFile, mkdir, symlink, writeFile } from 'node:fs/promises';
import { execFile } from 'node:child_process';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { projectRoot } from './support/project.js';
import { TempDir } from './support/temp-dir.js';

const PROGRAM = join(projectRoot, 'node_modules/oxlint/bin/oxlint');
const PATIENCE_MS = 120_000;

/** Those rules that others rest on, in each of the ways in which they are made: by text, by types, with settings of ours. */
const breaches: readonly (readonly [rule: string, file: string, text: string])[] = [
  ['no-floating-promises', 'peer/floating.ts', 'const late = async (): Promise<void> => {};\nlate();'],
  ['no-misused-promises', 'peer/misused.ts', '[1].forEach(async () => Promise.resolve());'],
  ['await-thenable', 'peer/await.ts', 'export const one = async () => await 1;'],
  ['no-explicit-any', 'peer/any.ts', 'export const taken = (what: any): void => void what;'],
  ['no-unsafe-member-access', 'peer/unsafe.ts', "export const a: unknown = JSON.parse('{}').a;"],
  ['no-unsafe-assignment', 'peer/unsafe-too.ts', "const a = JSON.parse('{}');\nexport const b: unknown = a;"],
  ['no-non-null-assertion', 'peer/non-null.ts', 'export const first = (all: number[]): number => all[0]!;'],
  [
    'no-unnecessary-condition',
    'peer/condition.ts',
    'export const is = (one: string): boolean => (one ? one?.length > 1 : false);',
  ],
  ['no-base-to-string', 'peer/base.ts', 'export const text = String({});'],
  [
    'restrict-template-expressions',
    'peer/template.ts',
    'export const text = (all: object): string => `$'.concat('{all}`;'),
  ],
  ['only-throw-error', 'peer/throws.ts', "export function fail(): never {\n  throw 'text';\n}"],
  [
    'return-await',
    'peer/returns.ts',
    'export async function go(call: () => Promise<number>): Promise<number> {\n  try {\n    return call();\n  } finally {\n    void 0;\n  }\n}',
  ],
  [
    'switch-exhaustiveness-check',
    'peer/switch.ts',
    "export function of(kind: 'a' | 'b'): number {\n  switch (kind) {\n    case 'a':\n      return 1;\n  }\n  return 2;\n}",
  ],
  ['consistent-type-imports', 'peer/type-import.ts', "import { View } from './view.js';\nexport type Own = View;"],
  [
    'prefer-optional-chain',
    'peer/chain.ts',
    'export const at = (one?: { a?: { b: number } }): number | undefined => one && one.a && one.a.b;',
  ],
  [
    'no-deprecated',
    'peer/deprecated.ts',
    '/** @deprecated use another */\nconst old = (): number => 1;\nexport const now = old();',
  ],
  ['no-unused-vars', 'peer/unused.ts', 'const a = 1;'],
  ['no-unused-vars', 'scripts/unused.mjs', 'const a = 1;'],
  ['no-console', 'peer/console.ts', 'console.log(1);'],
  ['eqeqeq', 'scripts/equal.mjs', 'export const is = (a) => a == 1;'],
  ['no-self-compare', 'scripts/self.mjs', 'export const is = (a) => a === a;'],
  ['no-restricted-imports', 'peer/folder.test.ts', "import { mkdtempSync } from 'node:fs';\nmkdtempSync('a');"],
  [
    'no-restricted-imports',
    'test/support/folder.ts',
    "import { mkdtemp } from 'node:fs/promises';\nvoid mkdtemp('a');",
  ],
  [
    'no-floating-promises',
    'ui/src/floating.tsx',
    'const late = async (): Promise<void> => {};\nexport const View = () => <p onClick={() => { late(); }} />;',
  ],
];

let folder: TempDir;
let found: readonly { readonly rule: string; readonly file: string }[];

beforeAll(async () => {
  folder = new TempDir();
  const files = new Map(breaches.map(([, file, text]) => [file, text]));
  files.set('peer/view.ts', 'export interface View {\n  readonly a: number;\n}');
  for (const [file, text] of files) {
    await mkdir(dirname(join(folder.path, file)), { recursive: true });
    await writeFile(join(folder.path, file), `${text}\nexport {};\n`);
  }
  for (const file of ['.oxlintrc.json', 'tsconfig.json', 'ui/tsconfig.json'])
    await copyFile(join(projectRoot, file), join(folder.path, file));
  await symlink(join(projectRoot, 'node_modules'), join(folder.path, 'node_modules'));
  const stdout = await lint(folder.path);
  const { diagnostics } = JSON.parse(stdout) as { diagnostics: { code: string; filename: string }[] };
  found = diagnostics.map(({ code, filename }) => ({ rule: /\(([\w-]+)\)$/.exec(code)?.[1] ?? code, file: filename }));
}, PATIENCE_MS);
afterAll(() => folder.remove());

test.each(breaches)('%s catches %s', (rule, file) => {
  expect(found.filter((breach) => breach.file === file)).toContainEqual({ rule, file });
});

test('what breaks none is not found', () => {
  expect(found.filter(({ file }) => !breaches.some(([, breach]) => breach === file))).toEqual([]);
});

/** There, as a person would in a clone. Exits with 1 where it finds something. */
function lint(cwd: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const args = [PROGRAM, '--type-aware', '--format', 'json'];
    execFile(process.execPath, args, { cwd, maxBuffer: 64 << 20 }, (error, stdout, stderr) => {
      if (stdout.startsWith('{')) resolve(stdout);
      else reject(new Error(`oxlint failed: ${stderr || (error?.message ?? 'it printed nothing')}`));
    });
  });
}
