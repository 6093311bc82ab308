/** At build time: tells the service worker which files make up this build. */
import { createHash } from 'node:crypto';
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Plugin } from 'vite';

/** Its own file and what no page needs are left out. */
const NOT_KEPT = /^(?:sw\.js|licences\.txt|.*\.map)$/;

/** `publicDir`: copied as it is, past the bundler. */
export function shellFiles(publicDir: string): Plugin {
  return {
    name: 'shell-files',
    enforce: 'post',
    generateBundle: {
      order: 'post',
      handler(_options, bundle) {
        const worker = bundle['sw.js'];
        if (worker?.type !== 'chunk') this.error('sw.js has not been built');
        const contents = new Map<string, string | Uint8Array>();
        for (const [name, file] of Object.entries(bundle)) {
          if (!NOT_KEPT.test(name)) contents.set(name, file.type === 'chunk' ? file.code : file.source);
        }
        for (const name of readdirSync(publicDir)) contents.set(name, readFileSync(join(publicDir, name)));
        const names = [...contents.keys()].sort();
        const hash = createHash('sha256');
        for (const name of names) hash.update(`${name}\n`).update(contents.get(name) ?? '');
        const files = names.map((name) => (name === 'index.html' ? '' : name));
        const shell = JSON.stringify({ version: hash.digest('hex').slice(0, 16), files });
        if (!worker.code.includes('__SHELL__')) this.error('sw.js has no place for the list of files');
        worker.code = worker.code.replace('__SHELL__', () => shell);
      },
    },
  };
}
