#!/usr/bin/env node
// `npm run build [-- server|ui] [--force]`: dist/, where its sources changed since it was last built.
import './bootstrap/node-version.mjs';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Refusal, fingerprint, isProgram, main, readIfThere, root, runTool } from './bootstrap/shell.mjs';
import { setup } from './setup.mjs';

const dist = join(root, 'dist');
const serverFolders = ['protocol', 'tracker', 'peer', 'scripts'];
const bundling = 'scripts/rails/rolldown.config.mjs';
/** Programs that run as they are do not go into the bundle; how it is made does. */
const isSource = (/** @type {string} */ path) =>
  path === join(root, bundling) || !/\.test\.tsx?$|\.mjs$|\.md$/.test(path);

const parts = {
  server: {
    sources: [...serverFolders, bundling, 'tsconfig.json', 'package-lock.json'],
    tool: /** @type {const} */ (['rolldown/bin/cli.mjs', ['--config', bundling, '--log-level', 'warn']]),
  },
  ui: {
    sources: ['ui', 'protocol', 'package-lock.json'],
    tool: /** @type {const} */ (['vite/bin/vite.js', ['build', '--config', 'ui/vite.config.ts', '--logLevel', 'warn']]),
  },
};

/**
 * @param {readonly string[]} names of parts; all when empty
 * @param {(line: string) => void} say told of work that takes a while
 */
export async function build(names = [], say = console.error, force = false) {
  for (const [name, part] of Object.entries(parts)) {
    if (names.length === 0 || names.includes(name)) await buildPart(name, part, say, force);
  }
}

/**
 * The stamp goes before the work and comes back after it, so that an interrupted or failed build is repeated.
 * @param {string} name
 * @param {typeof parts[keyof typeof parts]} part
 * @param {(line: string) => void} say
 * @param {boolean} force
 */
async function buildPart(name, { sources, tool: [file, args] }, say, force) {
  const stamp = join(dist, '.stamps', name);
  const wanted = fingerprint(sources, isSource);
  if (!force && readIfThere(stamp) === wanted) return;
  say(`Building the ${name} …`);
  rmSync(stamp, { force: true });
  const { code, output } = await runTool(file, args, { env: { ...process.env, NODE_ENV: 'production' } });
  if (code !== 0) throw new Refusal(`${output}\nThe ${name} could not be built (above).`);
  mkdirSync(join(dist, '.stamps'), { recursive: true });
  writeFileSync(stamp, wanted);
}

if (isProgram(import.meta.url)) {
  await main(async () => {
    const names = process.argv.slice(2).filter((arg) => arg !== '--force');
    const unknown = names.find((name) => !(name in parts));
    if (unknown)
      throw new Refusal(`There is no part "${unknown}": it is ${Object.keys(parts).join(' or ')}, or nothing for all.`);
    await setup();
    await build(names, console.error, process.argv.includes('--force'));
  });
}
