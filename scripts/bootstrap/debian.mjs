// Programs that tests need and Debian has.
import { accessSync, constants, existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { readIfThere, run } from './shell.mjs';

export const FAKETIME_MISSING =
  'The tests of wrong clocks need libfaketime, and none was found. Install it (Debian, Ubuntu: sudo apt-get install faketime).';

/** @param {string} name @returns {boolean} */
export function hasProgram(name, env = process.env) {
  const folders = (env.PATH ?? '').split(delimiter).filter(Boolean);
  return folders.some((folder) => isExecutable(join(folder, name)));
}

/**
 * Whether Debian's package is there, for one that brings no program.
 * @param {string} name
 * @returns {boolean}
 */
export function hasPackage(name) {
  return existsSync(`/var/lib/dpkg/info/${name}.list`);
}

/**
 * Installs a package where that is possible without asking anybody for a password.
 * @param {string} name
 * @param {string} what it is for
 * @param {(line: string) => void} say
 */
export async function installPackage(name, what, say) {
  const sudo = process.getuid?.() === 0 ? [] : ['sudo', '-n'];
  const [program = '', ...rest] = [...sudo, 'apt-get'];
  if (!isDebian() || (await run(program, [...rest, '--version'])).code !== 0) return;
  say(`Installing ${name} for ${what} (once, through apt) …`);
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  await run(program, [...rest, 'update', '-qq'], { env });
  const { code, output } = await run(program, [...rest, 'install', '-y', '-qq', '--no-install-recommends', name], {
    env,
  });
  if (code !== 0) say(`${output.split('\n').slice(-5).join('\n')}\napt could not install ${name} (above).`);
}

/** Ubuntu's package `chromium` is another one (a snap that does not start everywhere), but apt is the way there too. */
function isDebian() {
  return process.platform === 'linux' && readIfThere('/etc/debian_version') !== undefined;
}

/** @param {string} path */
export function isExecutable(path) {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
