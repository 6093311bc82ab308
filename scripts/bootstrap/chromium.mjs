// Where the browser for the tests is.
import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';
import { readIfThere, run } from './shell.mjs';

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

/**
 * Installs Debian's Chromium where that is possible without asking anybody for a password.
 * @param {(line: string) => void} say
 */
export async function installChromium(say) {
  const sudo = process.getuid?.() === 0 ? [] : ['sudo', '-n'];
  const [program = '', ...rest] = [...sudo, 'apt-get'];
  if (!isDebian() || (await run(program, [...rest, '--version'])).code !== 0) return;
  say('Installing Chromium for the browser tests (once, through apt) …');
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  await run(program, [...rest, 'update', '-qq'], { env });
  const { code, output } = await run(
    program,
    [...rest, 'install', '-y', '-qq', '--no-install-recommends', 'chromium'],
    { env },
  );
  if (code !== 0) say(`${output.split('\n').slice(-5).join('\n')}\napt could not install Chromium (above).`);
}

/** Ubuntu's package `chromium` is another one (a snap that does not start everywhere), but apt is the way there too. */
function isDebian() {
  return process.platform === 'linux' && readIfThere('/etc/debian_version') !== undefined;
}

/** @param {string} path */
function isExecutable(path) {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
