#!/usr/bin/env node
// `npm run bench [-- name …] [--quick] [--out FILE]`: the benchmarks, once all is built.
import './bootstrap/node-version.mjs';
import { main } from './bootstrap/shell.mjs';
import { build } from './build.mjs';
import { setup } from './setup.mjs';

await main(async () => {
  await setup();
  await build();
  await import(new URL('../dist/scripts/bench/main.js', import.meta.url).href);
});
