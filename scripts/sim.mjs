#!/usr/bin/env node
// `npm run sim [-- --seed N --seeds N --peers P …] [-- --mutants]`: the simulation, once it is built.
import './bootstrap/node-version.mjs';
import { existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Refusal, fingerprint, main, readIfThere, root, runTool } from './bootstrap/shell.mjs';
import { setup } from './setup.mjs';

const project = 'test/simulation/tsconfig.build.json';
const sources = ['test/simulation', 'peer', 'tracker', 'protocol', 'tsconfig.json', 'package-lock.json'];
const built = join(root, 'dist', 'simulation');

/** The simulation is a program of its own: the daemons' build holds nothing that is only for tests. */
async function build() {
  const stamp = join(built, '.stamp');
  const wanted = fingerprint(sources, (path) => !/\.test\.tsx?$|\.md$/.test(path));
  if (existsSync(stamp) && readIfThere(stamp) === wanted) return;
  console.error('Building the simulation …');
  rmSync(built, { recursive: true, force: true });
  const { code, output } = await runTool('typescript-native/bin/tsc', ['-p', project]);
  if (code !== 0) throw new Refusal(`${output}\nThe simulation could not be built (above).`);
  mkdirSync(built, { recursive: true });
  writeFileSync(stamp, wanted);
}

await main(async () => {
  await setup();
  await build();
  // Thousands of refused dials need no traces of where they came from.
  Error.stackTraceLimit = process.argv.includes('--trace') ? 10 : 0;
  await import(new URL('../dist/simulation/test/simulation/main.js', import.meta.url).href);
});
