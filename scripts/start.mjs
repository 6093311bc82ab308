#!/usr/bin/env node
// `npm start`: whatever is missing is set up and built, then the demo runs in this very process, so that a signal to
// it has one receiver.
import './bootstrap/node-version.mjs';
import { build } from './build.mjs';
import { main } from './bootstrap/shell.mjs';
import { setup } from './setup.mjs';

await main(async () => {
  await setup();
  await build();
  await import(new URL('../dist/scripts/demo.js', import.meta.url).href);
});
