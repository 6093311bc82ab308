// Runs jest over the project and counts.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readIfThere, runTool } from './shell.mjs';

/**
 * @param {readonly string[]} args of jest
 * @returns {Promise<{ code: number, line?: string }>} `line`: `N passed, N failed`; none when no test was asked to run
 */
export async function jest(args) {
  const folder = mkdtempSync(join(tmpdir(), 'parley-jest-'));
  try {
    const file = join(folder, 'result.json');
    const options = [process.env.NODE_OPTIONS, '--experimental-vm-modules', '--disable-warning=ExperimentalWarning'];
    const env = { ...process.env, NODE_OPTIONS: options.filter(Boolean).join(' '), NODE_ENV: 'test' };
    const { code } = await runTool('jest/bin/jest.js', [...args, '--json', `--outputFile=${file}`], {
      env,
      show: true,
    });
    const line = count(readIfThere(file), code);
    return { code, ...(line !== undefined && { line }) };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/**
 * @param {string | undefined} json what jest wrote
 * @param {number} code its exit code
 */
function count(json, code) {
  // `--help` and `--listTests` write no result; a jest that fell over is a failure.
  if (json === undefined) return code === 0 ? undefined : '0 passed, 1 failed';
  const { numPassedTests: passed, numFailedTests: failed, numRuntimeErrorTestSuites: broken } = JSON.parse(json);
  // A file that could not even be loaded counts as one: its tests have no number of their own.
  const failures = failed + broken;
  return `${passed} passed, ${failures === 0 && code !== 0 ? 1 : failures} failed`;
}
