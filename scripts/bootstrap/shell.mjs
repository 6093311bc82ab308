// What the bootstrapping scripts share. They run before any dependency is there: node builtins only.
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { readFileSync, readdirSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The top of the clone. */
export const root = dirname(dirname(dirname(fileURLToPath(import.meta.url))));

/** An error that the person who started the script can act on: its message is all that they need to see. */
export class Refusal extends Error {}

/**
 * Runs a command in the clone, or in another folder. Quiet by default: its output is shown, and only then, when it fails.
 * @param {string} command
 * @param {readonly string[]} args
 * @param {{ env?: NodeJS.ProcessEnv, show?: boolean, cwd?: string }} [options] `show` passes the output through as it comes.
 * @returns {Promise<{ code: number, output: string }>} `code` is 128 when a signal ended it.
 */
export function run(command, args, { env = process.env, show = false, cwd = root } = {}) {
  return new Promise((resolve) => {
    const child = spawn(command, args, { cwd, env, stdio: show ? 'inherit' : ['ignore', 'pipe', 'pipe'] });
    const parts = /** @type {Buffer[]} */ ([]);
    const finish = (/** @type {number} */ code, more = '') => {
      resolve({ code, output: (Buffer.concat(parts).toString() + more).trim() });
    };
    child.stdout?.on('data', (part) => parts.push(part));
    child.stderr?.on('data', (part) => parts.push(part));
    child.on('error', (error) => finish(127, `${command}: ${error.message}`));
    child.on('close', (code) => finish(code ?? 128));
  });
}

/**
 * Runs a package's program (as `jest/bin/jest.js`) with this node, without a shell or npx between.
 * @param {string} file path below node_modules
 * @param {readonly string[]} args
 * @param {{ env?: NodeJS.ProcessEnv, show?: boolean }} [options]
 */
export function runTool(file, args, options) {
  return run(process.execPath, [join(root, 'node_modules', file), ...args], options);
}

/**
 * Runs the npm that started this script, or the one in PATH.
 * @param {readonly string[]} args
 * @param {{ env?: NodeJS.ProcessEnv, cwd?: string }} [options]
 */
export function npm(args, options) {
  const program = process.env.npm_execpath;
  if (program?.endsWith('npm-cli.js')) return run(process.execPath, [program, ...args], options);
  return run(process.platform === 'win32' ? 'npm.cmd' : 'npm', args, options);
}

/**
 * SHA-256 over the names and bytes of files, so that neither a checkout's times nor a copy make a difference.
 * @param {readonly string[]} paths files or folders below the clone; missing ones count as empty
 * @param {(path: string) => boolean} [wanted]
 */
export function fingerprint(paths, wanted = () => true) {
  const hash = createHash('sha256').update(process.version.split('.')[0] ?? '');
  for (const file of paths.flatMap((path) => filesBelow(join(root, path))).filter(wanted)) {
    hash.update(`\0${relative(root, file)}\0`).update(readFileSync(file));
  }
  return hash.digest('hex');
}

/**
 * @param {string} path
 * @returns {string[]} sorted
 */
function filesBelow(path) {
  try {
    return readdirSync(path, { withFileTypes: true })
      .sort((a, b) => (a.name < b.name ? -1 : 1))
      .flatMap((entry) => (entry.isDirectory() ? filesBelow(join(path, entry.name)) : [join(path, entry.name)]));
  } catch (error) {
    if (codeOf(error) === 'ENOTDIR') return [path];
    if (codeOf(error) === 'ENOENT') return [];
    throw error;
  }
}

/** The content of a small file, or undefined when there is none. @param {string} path */
export function readIfThere(path) {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return undefined;
    throw error;
  }
}

/** @param {unknown} error */
function codeOf(error) {
  return error instanceof Error && 'code' in error ? error.code : undefined;
}

/** Whether a module is the program that node was started with. @param {string} url its `import.meta.url` */
export function isProgram(url) {
  return process.argv[1] !== undefined && fileURLToPath(url) === process.argv[1];
}

/**
 * Runs the body of a script; a `Refusal` ends it with one line, anything else with its stack.
 * @param {() => Promise<void>} body
 */
export async function main(body) {
  try {
    await body();
  } catch (error) {
    console.error(error instanceof Refusal ? error.message : error);
    process.exitCode = 1;
  }
}
