/** A look-up by the system, which knows more than name servers (its own list, the names of the local network), and can be given up. */
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

const run = promisify(execFile);
/** Prints an array of addresses, or why there is none. */
const PROGRAM = `require('node:dns').lookup(process.argv[1], { all: true }, (error, found = []) => {
  process.stdout.write(JSON.stringify(error ? { code: error.code } : found.map(({ address }) => address)));
});`;

/**
 * In a process of its own, since one that waits for a name server cannot be ended otherwise: it holds up the end of its process for as
 * long as the system waits, which is mostly 10 to 20 s, and meanwhile one of the four threads that read files.
 * @returns addresses. @throws an error with the system's `code`, as ENOTFOUND; `AbortError`
 */
export async function lookUp(host: string, signal: AbortSignal): Promise<string[]> {
  const options = { signal, killSignal: 'SIGKILL' as const, windowsHide: true };
  const { stdout } = await run(process.execPath, ['--eval', PROGRAM, '--', host], options);
  const said: unknown = JSON.parse(stdout);
  if (Array.isArray(said)) return said.map(String);
  throw Object.assign(new Error(`${host} was not found`), said);
}
