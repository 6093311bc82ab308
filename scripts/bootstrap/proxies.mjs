// Where the reverse proxies of the README are, for the test that tries its lines on them.
import { mkdirSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { isExecutable } from './debian.mjs';
import { root, run } from './shell.mjs';

const NAMES = /** @type {const} */ (['nginx', 'caddy']);
// Debian's packages are unpacked here: installed, they would begin to serve port 80 of this machine.
const folder = join(root, '.cache', 'proxies');

/** @param {typeof NAMES[number]} name @returns {string | undefined} */
export function findProxy(name) {
  const installed = [...(process.env.PATH ?? '').split(delimiter).filter(Boolean), '/usr/sbin'];
  return [...installed, join(folder, 'usr', 'sbin'), join(folder, 'usr', 'bin')]
    .map((path) => join(path, name))
    .find(isExecutable);
}

/**
 * Fetches those that are missing, where apt may without asking anybody. Nobody else needs them: the test is left out, and
 * says so, where they are not there.
 * @param {(line: string) => void} say
 */
export async function fetchProxies(say) {
  for (const name of NAMES.filter((one) => findProxy(one) === undefined)) {
    mkdirSync(folder, { recursive: true });
    const options = ['-o', 'Acquire::http::Timeout=10', '-o', 'Acquire::Retries=0'];
    const { code } = await run('apt-get', [...options, '-qq', 'download', name], { cwd: folder });
    if (code === 0) await run('sh', ['-c', `dpkg -x ${name}_*.deb .`], { cwd: folder });
    if (findProxy(name) === undefined) say(`The test behind ${name} is left out: it is not installed.`);
  }
}
