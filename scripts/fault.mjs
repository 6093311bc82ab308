#!/usr/bin/env node
// `npm run fault [-- --kills N --peers P --seed N]`: real processes are killed while all write; nothing may be lost.
import './bootstrap/node-version.mjs';
import { main } from './bootstrap/shell.mjs';
import { build } from './build.mjs';
import { setup } from './setup.mjs';

await main(async () => {
  await setup();
  await build(['server']);
  await import(new URL('../dist/scripts/fault/main.js', import.meta.url).href);
});
