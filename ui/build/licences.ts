/** At build time: writes licences.txt, since the licences of what is built in ask to be told with each copy. */
import type { Plugin } from 'vite';
import { packageFolder, packageNote } from './packages.js';

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
