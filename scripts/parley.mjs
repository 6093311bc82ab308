#!/usr/bin/env node
// The bin `parley` of the clone: sets up and builds on its first use, then runs the compiled program.
import './bootstrap/node-version.mjs';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { main } from './bootstrap/shell.mjs';

const program = new URL('../dist/scripts/parley.js', import.meta.url);
const sources = new URL('../tsconfig.json', import.meta.url);

await main(async () => {
  // An installed package has no sources and nothing to build.
  if (existsSync(fileURLToPath(sources))) {
    const { setup } = await import('./setup.mjs');
    const { build } = await import('./build.mjs');
    await setup();
    await build();
  }
  await import(program.href);
});
