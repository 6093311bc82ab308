#!/usr/bin/env node
// `npm run check [-- rail …]`: every rail, or those named. Stops at nothing; at the end says what failed.
import './bootstrap/node-version.mjs';
import { jest } from './bootstrap/jest.mjs';
import { Refusal, main, runTool } from './bootstrap/shell.mjs';
import { build } from './build.mjs';
import { setup } from './setup.mjs';

const architecture = 'test/architecture.test.ts';
const projects = ['scripts/rails/tsconfig.program.json', 'tsconfig.json', 'ui/tsconfig.json'];

/** Each ends with an exit code and what there is to show. @type {Record<string, () => Promise<{ code: number, output: string }>>} */
const rails = {
  format: () => runTool('prettier/bin/prettier.cjs', ['--check', '--log-level', 'warn', '.']),
  lint: () => runTool('oxlint/bin/oxlint', ['--type-aware', '--deny-warnings', '--report-unused-disable-directives']),
  types: async () => {
    const results = await Promise.all(
      projects.map((project) => runTool('typescript-native/bin/tsc', ['--noEmit', '-p', project])),
    );
    return {
      code: Math.max(...results.map(({ code }) => code)),
      output: results
        .map(({ output }) => output)
        .join('\n')
        .trim(),
    };
  },
  architecture: async () => ({ ...(await jest([architecture])), output: '' }),
  tests: async () => {
    await build();
    const { code, line = '' } = await jest(['--testPathIgnorePatterns', architecture, '/node_modules/']);
    return { code, output: line };
  },
};

await main(async () => {
  const asked = process.argv.slice(2);
  const unknown = asked.find((name) => !(name in rails));
  if (unknown)
    throw new Refusal(`There is no rail "${unknown}": ${Object.keys(rails).join(', ')}; all when none is named.`);
  await setup();
  /** @type {string[]} */
  const summary = [];
  const run = async (/** @type {string} */ name) => {
    const rail = rails[name];
    if (rail === undefined || (asked.length > 0 && !asked.includes(name))) return;
    const from = performance.now();
    const { code, output } = await rail().catch((error) => ({ code: 1, output: String(error.stack ?? error) }));
    if (output) console.log(`\n── ${name} ──\n${output}`);
    summary.push(
      `${code === 0 ? 'ok    ' : 'FAILED'}  ${name.padEnd(13)}${((performance.now() - from) / 1000).toFixed(1).padStart(6)} s`,
    );
    if (code !== 0) process.exitCode = 1;
  };
  const inTurn = async (/** @type {readonly string[]} */ names) => {
    for (const name of names) await run(name);
  };
  // Format takes one core, and longer than the other two.
  await Promise.all([inTurn(['format']), inTurn(['lint', 'types'])]);
  await inTurn(Object.keys(rails).filter((name) => !['format', 'lint', 'types'].includes(name)));
  console.log(`\n${summary.join('\n')}`);
});
