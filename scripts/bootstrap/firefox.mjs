// Where the other browser for the tests is.
import { delimiter, join } from 'node:path';
import { installPackage, isExecutable } from './debian.mjs';

const names = ['firefox-esr', 'firefox'];
const elsewhere = ['/Applications/Firefox.app/Contents/MacOS/firefox'];

export const FIREFOX_MISSING =
  'One browser test needs Firefox, and none was found. Install it (Debian: sudo apt-get install firefox-esr), or set FIREFOX_PATH to one.';

/** @returns {string | undefined} the path of a Firefox, as FIREFOX_PATH or PATH give it */
export function findFirefox(env = process.env) {
  if (env.FIREFOX_PATH) return isExecutable(env.FIREFOX_PATH) ? env.FIREFOX_PATH : undefined;
  const folders = (env.PATH ?? '').split(delimiter).filter(Boolean);
  const candidates = names.flatMap((name) => folders.map((folder) => join(folder, name)));
  return [...candidates, ...elsewhere].find(isExecutable);
}

/** @param {(line: string) => void} say */
export const installFirefox = (say) => installPackage('firefox-esr', 'the browser tests', say);
