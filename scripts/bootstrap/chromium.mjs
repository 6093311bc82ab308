// Where the browser for the tests is.
import { delimiter, join } from 'node:path';
import { installPackage, isExecutable } from './debian.mjs';

const names = ['chromium', 'chromium-browser', 'google-chrome-stable', 'google-chrome'];
const elsewhere = [
  '/Applications/Chromium.app/Contents/MacOS/Chromium',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
];

export const CHROMIUM_MISSING =
  'The browser tests need Chromium, and none was found. Install it (Debian, Ubuntu: sudo apt-get install chromium), or set CHROMIUM_PATH to one.';

/** @returns {string | undefined} the path of a Chromium, as CHROMIUM_PATH or PATH give it */
export function findChromium(env = process.env) {
  if (env.CHROMIUM_PATH) return isExecutable(env.CHROMIUM_PATH) ? env.CHROMIUM_PATH : undefined;
  const folders = (env.PATH ?? '').split(delimiter).filter(Boolean);
  const candidates = names.flatMap((name) => folders.map((folder) => join(folder, name)));
  return [...candidates, ...elsewhere].find(isExecutable);
}

/** @param {(line: string) => void} say */
export const installChromium = (say) => installPackage('chromium', 'the browser tests', say);
