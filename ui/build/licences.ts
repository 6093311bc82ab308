/** At build time: writes licences.txt, since the licences of what is built in ask to be told with each copy. */
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Plugin } from 'vite';

/** `more`: folders of packages whose content comes in otherwise than as modules. */
export function licences(more: readonly string[]): Plugin {
  return {
    name: 'licences',
    generateBundle() {
      const folders = new Set(more);
      for (const module of this.getModuleIds()) {
        const folder = packageFolder(module);
        if (folder !== undefined) folders.add(folder);
      }
      const notes = [...folders].map(packageNote).sort((a, b) => a.name.localeCompare(b.name));
      const texts = notes.map(({ name, version, license, text }) => `${name} ${version} (${license})\n\n${text}\n`);
      const source = `Parley's pages are built with these packages.\n\n${texts.join(`\n${'-'.repeat(72)}\n\n`)}`;
      this.emitFile({ type: 'asset', fileName: 'licences.txt', source });
    },
  };
}

/** The folder of the package that a module is of; undefined for our own. */
export function packageFolder(module: string): string | undefined {
  return /^\0?(.*\/node_modules\/(?:@[^/]+\/)?[^/]+)\//.exec(module)?.[1];
}

interface PackageNote {
  readonly name: string;
  readonly version: string;
  readonly license: string;
  /** The text that wants to be told with each copy. */
  readonly text: string;
}

function packageNote(folder: string): PackageNote {
  const { name, version, license } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as {
    name: string;
    version: string;
    license?: string;
  };
  const file = existsSync(folder) ? readdirSync(folder).find((entry) => /^licen[cs]e/i.test(entry)) : undefined;
  const text = file === undefined ? '' : readFileSync(join(folder, file), 'utf8').trim();
  return { name, version, license: license ?? 'unknown', text };
}
