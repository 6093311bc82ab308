import { describe, expect, test } from '@jest/globals';
import yargs, { type CommandModule } from 'yargs';
import peer from './peer.js';
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
      name: 'StartError',
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
