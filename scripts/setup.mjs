#!/usr/bin/env node
// `npm run setup`: the dependencies, as the lock file has them. Does nothing when they are there already.
import './bootstrap/node-version.mjs';
import { existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Refusal, fingerprint, isProgram, main, npm, readIfThere, root } from './bootstrap/shell.mjs';

const modules = join(root, 'node_modules');
// Inside node_modules, so that removing those removes it too.
const stamp = join(modules, '.parley-stamp');

/** @param {(line: string) => void} say told of work that takes a while */
export async function setup(say = console.error) {
  const wanted = fingerprint(['package-lock.json', '.npmrc']);
  if (readIfThere(stamp) === wanted) return;
  say('Installing dependencies (once, about half a minute) …');
  rmSync(stamp, { force: true });
  // NODE_ENV=production or `omit=dev` of the surroundings would leave out what builds and tests.
  const { code, output } = await npm(['ci', '--include=dev', '--include=optional', '--no-progress']);
  if (code !== 0) {
    const next = 'Dependencies could not be installed (above). Check the network and the disk, then try again.';
    throw new Refusal(`${output}\n${next}`);
  }
  if (!existsSync(modules)) mkdirSync(modules);
  writeFileSync(stamp, wanted);
}

if (isProgram(import.meta.url)) await main(() => setup());
