#!/usr/bin/env node
// `npm run nat [-- --kinds pub,port,… …]`: real daemons behind routers of each kind, in network namespaces of their own.
// `npm run nat -- --doctor [--faults no_route,… --rounds 3 --healthy 10]`: the doctor where something is really wrong.
import './bootstrap/node-version.mjs';
import { hasProgram, installPackage } from './bootstrap/debian.mjs';
import { main, Refusal, root } from './bootstrap/shell.mjs';
import { build } from './build.mjs';
import { setup } from './setup.mjs';

await main(async () => {
  await setup();
  if (!hasProgram('nft')) await installPackage('nftables', 'the routers of the lab', console.error);
  if (!hasProgram('miniupnpd')) await installPackage('miniupnpd-nftables', 'routers that let in', console.error);
  await build();
  const { inSandbox, sandboxMissing } = await import(new URL('../dist/scripts/nat/sandbox.js', import.meta.url).href);
  const missing = sandboxMissing();
  if (missing !== undefined) throw new Refusal(`NOT RUN. ${missing}`);
  const lab = inSandbox(root, process.argv.slice(2));
  lab.stdout.pipe(process.stdout);
  process.exitCode = await new Promise((resolve) =>
    lab.on('exit', (/** @type {number | null} */ code) => resolve(code ?? 1)),
  );
});
