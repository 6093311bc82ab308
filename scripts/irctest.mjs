#!/usr/bin/env node
// `npm run irctest -- ../irctest [what pytest takes]`: the public suite irctest against `parley gateway`. The suite is not fetched:
// git clone https://github.com/progval/irctest, and have Python 3 with pytest. docs/decisions/irc.md says what comes of it, and why.
import './bootstrap/node-version.mjs';
import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { main, Refusal, root, run } from './bootstrap/shell.mjs';
import { build } from './build.mjs';
import { setup } from './setup.mjs';

/** As its README says for servers that it does not name. */
const SELECTED = 'not Ergo and not Sable and not deprecated and not strict';

await main(async () => {
  const [given, ...others] = process.argv.slice(2);
  const suite = resolve(process.env['INIT_CWD'] ?? '.', given ?? 'irctest');
  if (!existsSync(join(suite, 'irctest', 'basecontrollers.py')))
    throw new Refusal(
      `There is no irctest in ${suite}. Get it with git clone https://github.com/progval/irctest and say where it is: npm run irctest -- PATH`,
    );
  if ((await run('python3', ['-c', 'import pytest'])).code !== 0)
    throw new Refusal('Python 3 with pytest is needed: install both, for instance with pip install pytest.');
  await setup();
  await build();
  const env = {
    ...process.env,
    PYTHONPATH: join(root, 'scripts', 'irc-suite'),
    PYTHONDONTWRITEBYTECODE: '1',
    PARLEY_PROGRAM: join(root, 'dist', 'scripts', 'parley.js'),
  };
  const tests = others.length > 0 ? others : ['irctest/server_tests'];
  const options = ['-p', 'no:cacheprovider', '-q', '-m', SELECTED, '--controller', 'parley_irctest'];
  const { code } = await run('python3', ['-m', 'pytest', ...options, ...tests], { cwd: suite, env, show: true });
  process.exitCode = code;
});
