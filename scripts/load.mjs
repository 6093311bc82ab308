#!/usr/bin/env node
// `npm run load [-- --peers N …]`: virtual peers at a tracker, to see how many a machine can serve.
import './bootstrap/node-version.mjs';
import { main } from './bootstrap/shell.mjs';
import { build } from './build.mjs';
import { setup } from './setup.mjs';

await main(async () => {
  await setup();
  await build(['server']);
  await import(new URL('../dist/scripts/load/main.js', import.meta.url).href);
});
