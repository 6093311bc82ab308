/** A daemon that is expected to refuse its start: what it said, and what it left on the disk. */
import { spawn, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { readFileSync, readdirSync, readlinkSync, lstatSync } from 'node:fs';
import { join } from 'node:path';
import { projectRoot } from '../support/project.js';

const PROGRAM = join(projectRoot, 'dist/scripts/parley.js');
/** Debian's `nobody`, for tests that run as root, whom no permission stops. */
const NOBODY = 65_534;

export interface Start {
  readonly args: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  /** As an account that permissions apply to. */
  readonly unprivileged?: boolean;
}

export interface Outcome {
  /** null: it did not end by itself, but said that it is ready. */
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs to its end, or until it says that it is ready. */
export function start({ args, env = {}, unprivileged = false }: Start): Promise<Outcome> {
  const inherited = Object.entries(process.env).filter(
    ([name]) => !name.startsWith('PARLEY_') && name !== 'NODE_OPTIONS',
  );
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [PROGRAM, ...args], {
      env: { ...Object.fromEntries(inherited), ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
      ...(unprivileged && isRoot() && { uid: NOBODY, gid: NOBODY }),
    });
    const [out, err]: [string[], string[]] = [[], []];
    child.stdout.on('data', (part) => {
      out.push(String(part));
      child.kill('SIGKILL');
    });
    child.stderr.on('data', (part) => err.push(String(part)));
    child.once('error', reject);
    child.once('close', (code) => resolve({ code, stdout: out.join(''), stderr: err.join('') }));
  });
}

let canRun: boolean | undefined;

/** Whether an account that permissions apply to can run the program from this clone. */
export function canRunUnprivileged(): boolean {
  if (!isRoot()) return true;
  const read = `require('node:fs').accessSync(${JSON.stringify(PROGRAM)})`;
  return (canRun ??= spawnSync(process.execPath, ['-e', read], { uid: NOBODY, gid: NOBODY, cwd: '/' }).status === 0);
}

export function owner(): { uid: number; gid: number } | undefined {
  return isRoot() ? { uid: NOBODY, gid: NOBODY } : undefined;
}

function isRoot(): boolean {
  return process.getuid?.() === 0;
}

/** Every path below a folder with its kind, its permissions and its content, so that any change shows. */
export function listing(folder: string): Record<string, string> {
  const found: Record<string, string> = {};
  const look = (path: string, name: string): void => {
    const { mode } = lstatSync(path);
    const what = lstatSync(path);
    const facts = mode.toString(8);
    if (what.isSymbolicLink()) found[name] = `${facts} → ${readlinkSync(path)}`;
    else if (what.isDirectory()) {
      found[name] = facts;
      for (const entry of readdirSync(path)) look(join(path, entry), `${name}/${entry}`);
    } else if (what.isFile()) {
      found[name] = `${facts} ${createHash('sha256').update(readFileSync(path)).digest('hex')}`;
    } else found[name] = facts;
  };
  look(folder, '.');
  return found;
}

/** Runs tasks two at a time; each promise is that of one task. */
export function twoAtATime<Result>(tasks: readonly (() => Promise<Result>)[]): Promise<Result>[] {
  const chains: Promise<unknown>[] = [Promise.resolve(), Promise.resolve()];
  return tasks.map((task, at) => {
    const result = (chains[at % 2] ?? Promise.resolve()).then(task);
    chains[at % 2] = result.catch(() => undefined);
    return result;
  });
}
