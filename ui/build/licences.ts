/** At build time: writes licences.txt. */
import type { Plugin } from 'vite';
import { licenceText, packageFolder } from '../../scripts/bootstrap/licences.mjs';

/** `more`: folders of packages whose content comes in otherwise than as modules. */
export function licences(more: readonly string[]): Plugin {
  return {
    name: 'licences',
    generateBundle() {
      const folders = [...this.getModuleIds()].flatMap((module) => packageFolder(module) ?? []);
      const source = licenceText("Parley's pages are built with these packages.", [...more, ...folders]);
      this.emitFile({ type: 'asset', fileName: 'licences.txt', source });
    },
  };
}
