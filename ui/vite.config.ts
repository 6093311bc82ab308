import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import preact from '@preact/preset-vite';
import { defineConfig } from 'vite';
import { emojiData } from './emoji-data.js';

const { version } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')) as {
  version: string;
};
const here = (path: string): string => fileURLToPath(new URL(path, import.meta.url));

/** Built files are served by the daemon under a strict CSP: nothing inline, no data: URI, every asset hashed. */
export default defineConfig({
  root: here('.'),
  base: './',
  plugins: [preact(), emojiData()],
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
  },
});
