#!/usr/bin/env node
// `npm run setup`: the dependencies, as the lock file has them. Does nothing when they are there already.
import './bootstrap/node-version.mjs';
import { existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Refusal, fingerprint, isProgram, main, readIfThere, root, run } from './bootstrap/shell.mjs';

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

/** The npm that started this script, or the one in PATH. @param {readonly string[]} args */
function npm(args) {
  const program = process.env.npm_execpath;
  if (program?.endsWith('npm-cli.js')) return run(process.execPath, [program, ...args]);
  return run(process.platform === 'win32' ? 'npm.cmd' : 'npm', args);
}

if (isProgram(import.meta.url)) await main(() => setup());
