// The licences of what a build takes in: they ask to be told with each copy.
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';

/** The folder of the package that a module is of; undefined for our own. @param {string} module its path */
export function packageFolder(module) {
  return /^\0?(.*\/node_modules\/(?:@[^/]+\/)?[^/]+)\//.exec(module)?.[1];
}

/**
 * One text with the name, version and licence of each package.
 * @param {string} heading
 * @param {Iterable<string>} folders of packages
 */
export function licenceText(heading, folders) {
  const notes = [...new Set(folders)].map(packageNote).sort((a, b) => a.name.localeCompare(b.name));
  const texts = notes.map(({ name, version, license, text }) => `${name} ${version} (${license})\n\n${text}\n`);
  return `${heading}\n\n${texts.join(`\n${'-'.repeat(72)}\n\n`)}`;
}

/** @param {string} folder */
function packageNote(folder) {
  /** @type {{ name: string, version: string, license?: string }} */
  const { name, version, license } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
  const file = existsSync(folder) ? readdirSync(folder).find((entry) => /^licen[cs]e/i.test(entry)) : undefined;
  const text = file === undefined ? '' : readFileSync(join(folder, file), 'utf8').trim();
  return { name, version, license: license ?? 'unknown', text };
}
