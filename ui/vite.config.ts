import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import preact from '@preact/preset-vite';
import { defineConfig } from 'vite';
import { licences } from './build/licences.js';
import { report } from './build/report.js';
import { shellFiles } from './build/shell.js';
import { emojiData } from './emoji-data.js';

const { version } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')) as {
  version: string;
};
const here = (path: string): string => fileURLToPath(new URL(path, import.meta.url));

/**
 * Built files are served by the daemon under a strict CSP: nothing inline, no data: URI. Every asset bears its hash in its
 * name but for the service worker, whose name is its identity.
 */
export default defineConfig({
  root: here('.'),
  base: './',
  plugins: [
    preact(),
    emojiData(),
    shellFiles(here('public')),
    licences([here('../node_modules/emojibase-data')]),
    ...(process.env['PARLEY_REPORT'] ? [report((line) => void process.stdout.write(`${line}\n`))] : []),
  ],
  define: { __VERSION__: JSON.stringify(version) },
  build: {
    outDir: here('../dist/ui'),
    emptyOutDir: true,
    target: 'es2022',
    // The tokens use light-dark().
    cssTarget: ['chrome123', 'firefox120', 'safari17.5'],
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    reportCompressedSize: true,
    rolldownOptions: {
      input: { index: here('index.html'), sw: here('src/worker/sw.ts') },
      output: { entryFileNames: ({ name }) => (name === 'sw' ? 'sw.js' : 'assets/[name]-[hash].js') },
    },
  },
});
