#!/usr/bin/env node
// `npm run pack`: one tarball that `npm install -g` turns into a working `parley`, with nothing to build and no compiler:
// the built programs and pages, and by name only the packages that are not built in.
import './bootstrap/node-version.mjs';
import { cpSync, mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { isBuiltin } from 'node:module';
import { dirname, join } from 'node:path';
import { Refusal, main, npm, root } from './bootstrap/shell.mjs';
import { build } from './build.mjs';
import { setup } from './setup.mjs';

const programs = ['parley.js', 'daemon/entry.js'];
const beside = ['scripts/parley.mjs', 'scripts/bootstrap/node-version.mjs', 'scripts/bootstrap/shell.mjs', 'README.md'];

await main(async () => {
  await setup();
  await build();
  const staged = join(root, 'dist/package');
  rmSync(staged, { recursive: true, force: true });
  const { files, packages } = reached(JSON.parse(readFileSync(join(root, 'dist/scripts/imports.json'), 'utf8')));
  const built = [...files, 'licences.txt'].map((file) => `dist/scripts/${file}`);
  for (const path of [...beside, ...built, 'dist/ui']) copy(path, staged);
  writeFileSync(join(staged, 'package.json'), `${JSON.stringify(manifest(packages), null, 2)}\n`);
  const { code, output } = await npm(['pack', '--json', '--pack-destination', join(root, 'dist')], { cwd: staged });
  if (code !== 0) throw new Refusal(`${output}\nThe package could not be made (above).`);
  const name = `dist/parley-${manifest(packages).version}.tgz`;
  const size = (/** @type {string} */ path) => (statSync(path).size / 1e6).toFixed(1);
  console.log(
    `${name} (${size(join(root, name))} MB). Anywhere with Node: npm install -g ./${name.replace(/.*\//, '')}`,
  );
});

/**
 * What the programs load, now or later: our own files, and the packages beside them.
 * @param {Record<string, string[]>} imports of each file
 */
function reached(imports) {
  const files = /** @type {Set<string>} */ (new Set());
  const packages = /** @type {Set<string>} */ (new Set());
  const add = (/** @type {string} */ name) => {
    const own = imports[name];
    if (own === undefined) {
      const [, wanted = name] = /^((?:@[^/]+\/)?[^/]+)/.exec(name) ?? [];
      if (!isBuiltin(name)) packages.add(wanted);
    } else if (!files.has(name)) {
      files.add(name);
      own.forEach(add);
    }
  };
  programs.forEach(add);
  return { files, packages };
}

/** @param {string} path below the clone @param {string} to a folder */
function copy(path, to) {
  mkdirSync(dirname(join(to, path)), { recursive: true });
  cpSync(join(root, path), join(to, path), { recursive: true });
}

/** Of the package: as the clone's, with the packages that it needs alone. @param {ReadonlySet<string>} packages */
function manifest(packages) {
  const all = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
  const needed = (/** @type {Record<string, string>} */ listed) =>
    Object.fromEntries(Object.entries(listed).filter(([name]) => packages.has(name)));
  const { name, version, description, license, type, engines, bin } = all;
  const dependencies = needed(all.dependencies);
  const optionalDependencies = needed(all.optionalDependencies);
  return { name, version, description, license, type, engines, bin, dependencies, optionalDependencies };
}
