/** The lists "How to add" of docs/ARCHITECTURE.md, against what was added before: the steps that they name are those that were taken. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { ENTRY_KINDS, HIDDEN_KINDS } from '../protocol/entry-kinds.js';
import { commandSchemas } from '../protocol/local-api.js';
import { projectRoot } from './support/project.js';
import { readSources } from './support/sources.js';

const sources = readSources(projectRoot).filter(({ path }) => !/\.test\.tsx?$|\/test-|\/testing\//.test(path));
const textOf = (path: string): string => readFileSync(join(projectRoot, path), 'utf8');
const spec = sections(textOf('protocol/SPEC.md'), '## ');
const lists = sections(textOf('docs/ARCHITECTURE.md').split('## How to add')[1]?.split('\n## ')[0] ?? '', '**A');

/** The parts of a text that begin with this at the beginning of a line, by the rest of that line. */
function sections(text: string, mark: string): ReadonlyMap<string, string> {
  const parts = `\n${text}`.split(`\n${mark}`).slice(1);
  return new Map(parts.map((part) => [part.split('\n', 1)[0] ?? '', part]));
}

function section(number: number): string {
  const found = [...spec].find(([title]) => title.startsWith(`${number}. `));
  if (!found) throw new Error(`SPEC has no section ${number}`);
  return found[1];
}

/** What stands in backquotes in the list of that beginning. */
function steps(beginning: string): readonly string[] {
  const found = [...lists].find(([title]) => title.trimStart().startsWith(beginning));
  if (!found) throw new Error(`there is no list for "${beginning}"`);
  return [...found[1].matchAll(/`([^`]+)`/g)].map(([, path = '']) => path);
}

/** Files with this text, below those folders. */
function filesWith(text: string, ...below: readonly string[]): string[] {
  return sources
    .filter(({ path }) => below.some((folder) => path.startsWith(folder)))
    .filter((source) => source.text.includes(text))
    .map(({ path }) => path);
}

const isNamed = (path: string, named: readonly string[]): boolean =>
  named.some((name) => path === name || (name.endsWith('/') && path.startsWith(name)));

describe('a command', () => {
  const named = steps('command**');

  test.each(Object.keys(commandSchemas))('%s stands in two files of the daemon, and in SPEC', (name) => {
    // As a key: quoted, or bare where it has no dot. Short words are keys of other things elsewhere.
    const files = name.includes('.')
      ? filesWith(`'${name}':`, 'protocol/', 'peer/').concat(filesWith(`'${name}'(`, 'protocol/', 'peer/'))
      : filesWith(`\n  ${name}:`, 'protocol/local-commands.ts', 'peer/commands/').concat(
          filesWith(`\n  ${name}(`, 'peer/commands/'),
          filesWith(`\n  async ${name}(`, 'peer/commands/'),
        );
    expect(files).toHaveLength(2);
    expect(files).toContain('protocol/local-commands.ts');
    expect(files.filter((path) => !isNamed(path, named))).toEqual([]);
    expect(section(8)).toContain(`\`${name}\``);
  });
});

describe('a kind of entry', () => {
  const named = steps('kind of entry**');

  test.each(ENTRY_KINDS)('%s is in SPEC', (kind) => {
    expect(named).toContain('protocol/entry-kinds.ts');
    expect(section(5)).toContain(`\`${kind}\``);
  });

  test('that says something of another entry is known to the fold that the list names', () => {
    expect(named).toContain('protocol/relations.ts');
    const relations = textOf('protocol/relations.ts');
    for (const kind of HIDDEN_KINDS) if (kind !== 'profile') expect(relations).toContain(`'${kind}'`);
  });
});

describe('a message of the link', () => {
  const named = steps('message of the link**');
  const types = [...textOf('protocol/link-messages.ts').matchAll(/type: Type\.Literal\('(\w+)'\)/g)].map(
    ([, type = '']) => type,
  );

  test('there are some', () => expect(types.length).toBeGreaterThan(10));

  test.each(types)('%s is in SPEC, and heard where the list says', (type) => {
    expect(section(4)).toMatch(new RegExp(`["\`]${type}["\`]`));
    const hearers = named.filter((path) => /^peer\/.*\.ts$/.test(path));
    const heard = hearers.filter((path) => new RegExp(`(case|[!=]==) '${type}'`).test(textOf(path)));
    // The handshake comes before there is a link, and a pong is an answer that needs none.
    if (!/^handshake|^pong$/.test(type)) expect(heard).not.toEqual([]);
  });
});

test('a way in, such as the browser’s, imports what its list says, and no part below', () => {
  const named = steps('way in**');
  expect(named).toEqual(expect.arrayContaining(['peer/services.ts', 'peer/commands/', 'peer/peer.ts']));
  const below = sources.filter(({ path }) => path.startsWith('peer/local/'));
  expect(below.length).toBeGreaterThan(5);
  for (const { path, text } of below)
    expect({ path, found: /'\.\.\/(core|log|store|mesh|link)\//.test(text) }).toEqual({ path, found: false });
  expect(filesWith('runCommand(', 'peer/local/')).not.toEqual([]);
});

describe('a noun of the tracker', () => {
  const named = steps('noun of the tracker**');
  const store =
    textOf('tracker/store/tracker-store.ts').split('export interface TrackerStore {')[1]?.split('}')[0] ?? '';
  const nouns = [...store.matchAll(/readonly (\w+): (\w+)/g)].map(([, noun = '', type = '']) => [noun, type] as const);

  test('there are some', () => expect(nouns.length).toBeGreaterThan(5));

  test.each(nouns)('%s is stored, and held to a contract', (noun, type) => {
    expect(named.filter((path) => path.startsWith('tracker/store/'))).toEqual([
      'tracker/store/tracker-store.ts',
      'tracker/store/store-contract.ts',
      'tracker/store/sqlite/',
    ]);
    const stores = filesWith(type, 'tracker/store/').filter((path) => !path.endsWith('-contract.ts'));
    expect(stores.length).toBeGreaterThan(1);
    const contracts = filesWith(`${noun}.`, 'tracker/store/').filter((path) => path.endsWith('-contract.ts'));
    expect(contracts).not.toEqual([]);
  });

  test('every group of calls is one of the app', () => {
    const app = textOf('tracker/app.ts');
    for (const { path } of sources.filter(({ path }) => path.startsWith('tracker/routes/')))
      expect(app).toContain(`./routes/${path.split('/').at(-1)?.replace('.ts', '.js')}`);
  });
});
