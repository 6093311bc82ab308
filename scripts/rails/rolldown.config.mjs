// The server as few files: a process reads and compiles a handful of modules at its start instead of more than a thousand.
// One program a file; what several need stands in `dist/scripts/chunks/`, as deep as the folders of the programs, so that paths beside
// `import.meta.url` are true in both.
import { readdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { defineConfig } from 'rolldown';
import { licenceText, packageFolder } from '../bootstrap/licences.mjs';

const root = dirname(dirname(dirname(fileURLToPath(import.meta.url))));
const limits = readdirSync(join(root, 'scripts/bench/limits')).map((file) => file.replace(/\.ts$/, ''));
const programs = [
  'parley',
  'demo',
  'daemon/entry',
  'daemon/daemon',
  'fault/main',
  'bench/main',
  'bench/channel-peers',
  'bench/trace-probe',
  'bench/heap-probe',
  'load/main',
  'load/crowd-process',
  'nat/main',
  'nat/door',
  'nat/doctor/middlemen',
  'nat/doctor/ask',
  'nat/sandbox',
];
/** They have machine code, threads, or files of their own beside their modules; or they may be absent. */
const outside =
  /^(?:@nats-io\/[\w-]+|@photostructure\/sqlite|@node-rs\/argon2|pino|pino-pretty|yargs|playwright-core)(?:\/|$)/;

/**
 * The same program: in names, texts and patterns an escape is the letter. (`String.raw` shows it as it is written: no source gives it any.)
 * @param {string} code
 */
const inAscii = (code) =>
  code.replace(/[^\0-\x7f]/g, (letter) => `\\u${letter.charCodeAt(0).toString(16).padStart(4, '0')}`);

const packages = [
  ...['typebox', 'typebox/compile', 'typebox/value', '@peculiar/x509', 'fastify', 'prom-client'],
  ...['helmet', 'rate-limit', 'static', 'swagger', 'type-provider-typebox'].map((name) => `@fastify/${name}`),
];
/** Those that are CommonJS, and are taken apart where they are imported: their names are known once they are loaded. */
const named = ['@peculiar/x509', 'prom-client'];

const output = /** @type {const} */ ({
  format: 'esm',
  entryFileNames: '[name].js',
  sourcemap: true,
  // What is loaded stays in memory. Licences are in a file of their own.
  comments: { legal: false, annotation: false, jsdoc: false },
});

export default defineConfig([
  {
    cwd: root,
    platform: 'node',
    input: {
      ...Object.fromEntries(programs.map((name) => [name, `scripts/${name}.ts`])),
      // For the processes of test/fault/ that die in the middle of a write.
      'fault/blob-store': 'peer/files/blob-store.ts',
      'fault/forgetting': 'scripts/fault/forgetting.ts',
    },
    external: outside,
    plugins: [
      {
        // Node keeps a file in memory with one byte a letter if none of them is outside of Latin-1, else with two: so those are escaped.
        name: 'ascii',
        generateBundle(_options, bundle) {
          for (const file of Object.values(bundle)) if (file.type === 'chunk') file.code = inAscii(file.code);
        },
      },
      {
        // For `npm run pack`: what each file needs beside it, of our own files and of packages.
        name: 'imports',
        generateBundle(_options, bundle) {
          const chunks = Object.values(bundle).flatMap((file) => (file.type === 'chunk' ? [file] : []));
          const imports = chunks.map((file) => [file.fileName, [...file.imports, ...file.dynamicImports]]);
          const folders = chunks.flatMap((file) => file.moduleIds.flatMap((id) => packageFolder(id) ?? []));
          const source = licenceText("Parley's programs are built with these packages.", folders);
          this.emitFile({
            type: 'asset',
            fileName: 'imports.json',
            source: JSON.stringify(Object.fromEntries(imports), null, 2),
          });
          this.emitFile({ type: 'asset', fileName: 'licences.txt', source });
        },
      },
    ],
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
    input: Object.fromEntries(limits.map((name) => [name, `scripts/bench/limits/${name}.ts`])),
    external: /^[^./]/,
    output: { ...output, dir: join(root, 'dist/scripts/bench/limits') },
  },
  {
    // Tests load every module anew in each file: of packages that are hundreds of modules they load these (`jest` in package.json).
    cwd: root,
    platform: 'node',
    input: Object.fromEntries(packages.map((name) => [name, named.includes(name) ? `named:${name}` : name])),
    external: outside,
    plugins: [
      {
        name: 'names-of-commonjs',
        resolveId: (id) => (id.startsWith('named:') ? `\0${id}` : undefined),
        load: async (id) => {
          if (!id.startsWith('\0named:')) return undefined;
          // X.509's asks for it to be there.
          await import('reflect-metadata');
          const name = id.slice('\0named:'.length);
          const names = Object.keys(await import(name)).filter((key) => /^[a-z]\w*$/i.test(key) && key !== 'default');
          return `import all from '${name}';\nexport const { ${names.join(', ')} } = all;\nexport default all;`;
        },
      },
    ],
    output: {
      ...output,
      sourcemap: false,
      dir: join(root, 'dist/packages'),
      cleanDir: true,
      chunkFileNames: 'chunks/[name].js',
    },
  },
]);
