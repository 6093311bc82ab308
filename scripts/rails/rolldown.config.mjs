// The server as few files: a process reads and compiles a handful of modules at its start instead of more than a thousand.
// One program a file; what several need stands in `dist/scripts/chunks/`, as deep as the folders of the programs, so that paths beside
// `import.meta.url` are true in both.
import { readdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { defineConfig } from 'rolldown';

const root = dirname(dirname(dirname(fileURLToPath(import.meta.url))));
const bare = readdirSync(join(root, 'scripts/bench/bare')).map((file) => file.replace(/\.ts$/, ''));
const programs = ['parley', 'demo', 'daemon/entry', 'daemon/daemon', 'fault/main', 'bench/main'];
/** They have machine code, threads, or files of their own beside their modules. */
const outside = /^(?:@photostructure\/sqlite|@node-rs\/argon2|pino|pino-pretty|yargs|playwright-core)(?:\/|$)/;

const output = /** @type {const} */ ({ format: 'esm', entryFileNames: '[name].js', sourcemap: true });

export default defineConfig([
  {
    cwd: root,
    platform: 'node',
    input: {
      ...Object.fromEntries(programs.map((name) => [name, `scripts/${name}.ts`])),
      // For the processes of test/fault/ that die in the middle of a write.
      'fault/blob-store': 'peer/files/blob-store.ts',
    },
    external: outside,
    output: {
      ...output,
      dir: join(root, 'dist/scripts'),
      cleanDir: true,
      chunkFileNames: 'chunks/[name].js',
    },
  },
  {
    // What benchmarks compare with stays as anybody would write it: packages from node_modules.
    cwd: root,
    platform: 'node',
    input: Object.fromEntries(bare.map((name) => [name, `scripts/bench/bare/${name}.ts`])),
    external: /^[^./]/,
    output: { ...output, dir: join(root, 'dist/scripts/bench/bare') },
  },
]);
