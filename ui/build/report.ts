/** At build time, on request (`PARLEY_REPORT=1 npm run build -- ui --force`): how large each file is, and what it is made of. */
import { gzipSync } from 'node:zlib';
import type { Plugin } from 'vite';
import { packageFolder } from '../../scripts/bootstrap/licences.mjs';

const PARTS_SHOWN = 6;

/** `print`: takes the lines, in order. */
export function report(print: (line: string) => void): Plugin {
  return {
    name: 'report',
    enforce: 'post',
    generateBundle: {
      order: 'post',
      handler(_options, bundle) {
        const rows = Object.values(bundle)
          .filter(({ fileName }) => !fileName.endsWith('.map'))
          .map((file) => {
            const content = file.type === 'chunk' ? file.code : file.source;
            const parts = file.type === 'chunk' ? partsOf(file.modules) : '';
            return { name: file.fileName, raw: Buffer.byteLength(content), gzip: gzipSync(content).length, parts };
          })
          .sort((a, b) => b.gzip - a.gzip);
        for (const { name, raw, gzip, parts } of rows) print(`${kilo(gzip)} gzip ${kilo(raw)} raw  ${name}  ${parts}`);
      },
    },
  };
}

/** The largest sources of a file, by their length before it was made small. */
function partsOf(modules: Readonly<Record<string, { readonly renderedLength: number }>>): string {
  const sizes = new Map<string, number>();
  for (const [id, { renderedLength }] of Object.entries(modules)) {
    const name = packageFolder(id)?.replace(/^.*node_modules\//, '') ?? 'parley';
    sizes.set(name, (sizes.get(name) ?? 0) + renderedLength);
  }
  const sorted = [...sizes].filter(([, size]) => size > 0).sort(([, a], [, b]) => b - a);
  return sorted
    .slice(0, PARTS_SHOWN)
    .map(([name, size]) => `${name} ${kilo(size).trim()}`)
    .join(', ');
}

function kilo(bytes: number): string {
  return `${(bytes / 1000).toFixed(1).padStart(6)} kB`;
}
