import { describe, expect, test } from '@jest/globals';
import yargs, { type CommandModule } from 'yargs';
import { EXIT_USAGE, runCommandLine } from '../cli.js';
import exportData from './export.js';
import history from './history.js';
import peer from './peer.js';
import send from './send.js';
import tail from './tail.js';
import tracker from './tracker.js';

const run = (command: unknown, ...words: string[]): Promise<unknown> =>
  yargs(words)
    .command(command as CommandModule)
    .exitProcess(false)
    .fail(false)
    .parseAsync();

describe('what cannot be started is refused in one line that names the flag', () => {
  test('a tracker on a port that is none', async () => {
    await expect(run(tracker, 'tracker', '--port', '1.5')).rejects.toMatchObject({
      name: 'ParleyError',
      message: expect.stringContaining('--port'),
    });
  });

  test.each([
    [['--username', 'a b'], 'Names are'],
    [['--username', 'alice', '--peer-port', '70000'], '--peer-port'],
    [['--username', 'alice', '--ui-port', '-1'], '--ui-port'],
  ])('a peer with %j', async (flags, text) => {
    await expect(run(peer, 'peer', ...flags)).rejects.toMatchObject({ message: expect.stringContaining(text) });
  });
});

test.each([
  [['history', '#general', '--limit', '0'], /--limit must be a whole number from 1 .*history --help/],
  [['history', '#general', '--limit', '1.5'], /--limit/],
  [['tail', '#general', '--limit', '-1'], /--limit must be a whole number from 0 .*tail --help/],
  [['send', '#general', '--whole', '--message', 'x'], /--whole .*leave out .*send --help/],
  [['send', '#general', '--whole', '--file', 'x'], /--whole .*leave out .*send --help/],
  [['send', '#general', 'hello', 'there'], /takes no "hello, there" there.*--message.*send --help/],
  [['export', 'all.zip'], /takes no "all\.zip" there.* -o .*export --help/],
  [['history', '#general', 'x'], /takes no "x" there\. See parley history --help/],
])('%j cannot be meant so: exit code 2, and where its help is', async (argv, problem) => {
  const errors: string[] = [];
  const lazy = (name: string, command: unknown, ...words: readonly string[]) => ({
    ...{ name, describe: name, arguments: words, load: async () => command as CommandModule },
  });
  const conversation = '<conversation>';
  const code = await runCommandLine({
    ...{ argv, env: {}, version: '1', print: () => undefined, printError: (text) => void errors.push(text) },
    commands: [
      lazy('history', history, conversation),
      lazy('tail', tail, conversation),
      lazy('send', send, conversation),
      lazy('export', exportData),
    ],
  });
  expect([code, errors]).toEqual([EXIT_USAGE, [expect.stringMatching(problem)]]);
});
