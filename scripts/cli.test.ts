import { createServer } from 'node:net';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { describe, expect, test } from '@jest/globals';
import type { ArgumentsCamelCase, CommandModule } from 'yargs';
import { ParleyError } from '../protocol/errors.js';
import { EXIT_FAILED, EXIT_USAGE, runCommandLine } from './cli.js';

interface Outcome {
  code: number;
  out: string;
  err: string;
  loaded: string[];
  flags: Record<string, unknown> | undefined;
}

/** Runs a line against two small commands; `work` is what `peer` does. */
async function run(argv: string, env: Record<string, string> = {}, work?: () => Promise<void>): Promise<Outcome> {
  const seen: Outcome = { code: -1, out: '', err: '', loaded: [], flags: undefined };
  const handler = async (flags: ArgumentsCamelCase): Promise<void> => {
    seen.flags = flags;
    await work?.();
  };
  const peer: CommandModule = {
    builder: (yargs) =>
      yargs
        .option('username', { type: 'string', demandOption: true })
        .option('peer-port', { type: 'number', default: 9101 })
        .option('password', { type: 'string', hidden: true })
        .option('json', { type: 'boolean', default: false }),
    handler,
  };
  const tracker: CommandModule = { builder: { port: { type: 'number', default: 8001 } }, handler };
  const gateway: CommandModule = { builder: { 'line-port': { type: 'number', default: 12345 } }, handler };
  const lazy = (name: string, module: CommandModule) => ({
    name,
    describe: `Start the ${name}`,
    load: () => {
      seen.loaded.push(name);
      return Promise.resolve(module);
    },
  });
  seen.code = await runCommandLine({
    commands: [lazy('tracker', tracker), lazy('peer', peer), lazy('gateway', gateway)],
    argv: argv.split(' ').filter(Boolean),
    env,
    version: '1.2.3',
    print: (text) => (seen.out += `${text}\n`),
    printError: (text) => (seen.err += `${text}\n`),
  });
  return seen;
}

describe('help', () => {
  test('names the commands with examples, and loads none of them', async () => {
    const { code, out, err, loaded } = await run('--help');
    expect({ code, err, loaded }).toEqual({ code: 0, err: '', loaded: [] });
    expect(out).toMatch(/parley tracker +Start the tracker/);
    expect(out).toMatch(/Examples:/);
    expect(out).toMatch(/PARLEY_PEER_PORT/);
  });

  test('of a command names its flags', async () => {
    const { code, out, loaded } = await run('peer --help');
    expect({ code, loaded: new Set(loaded) }).toEqual({ code: 0, loaded: new Set(['peer']) });
    expect(out).toMatch(/^Usage: parley peer \[flags\]/);
    expect(out).toMatch(/--peer-port .*\[default: 9101\]/);
    expect(out).not.toMatch(/--password/);
  });

  test('--version', async () => {
    expect(await run('--version')).toMatchObject({ code: 0, out: '1.2.3\n' });
  });
});

describe('variables', () => {
  test('stand for flags, in their types', async () => {
    const env = {
      PARLEY_USERNAME: 'alice',
      PARLEY_PEER_PORT: '9105',
      PARLEY_JSON: 'true',
      PARLEY_PASSWORD: '12345678',
    };
    const { code, flags } = await run('peer', env);
    expect(code).toBe(0);
    expect(flags).toMatchObject({ username: 'alice', peerPort: 9105, json: true, password: '12345678' });
  });

  test('yield to what is typed', async () => {
    const { flags } = await run('peer --username bob', { PARLEY_USERNAME: 'alice' });
    expect(flags).toMatchObject({ username: 'bob', peerPort: 9101 });
  });

  test('of other commands, and empty ones, disturb nothing', async () => {
    const { code, flags } = await run('tracker', {
      PARLEY_USERNAME: 'alice',
      PARLEY_PASSWORD: 'secret',
      PARLEY_PORT: '',
    });
    expect(code).toBe(0);
    expect(flags).toMatchObject({ port: 8001 });
    expect(flags).not.toHaveProperty('username');
  });
});

describe('a mistake', () => {
  const oneLine = /^parley: [^\n]+\n$/;

  test.each([
    ['pear', /Did you mean peer\? See parley --help\./],
    ['frobnicate', /Unknown command: frobnicate\. See parley --help\./],
    ['', /parley tracker, or parley peer/],
    ['peer --username a --pear-port 3', /pear.?port.*See parley peer --help\./i],
    ['peer', /username.*See parley peer --help\./],
    ['peer --username a surplus', /surplus/],
  ])('in "%s" is said in one line', async (argv, message) => {
    const { code, err, flags } = await run(argv);
    expect({ code, flags }).toEqual({ code: EXIT_USAGE, flags: undefined });
    expect(err).toMatch(oneLine);
    expect(err).toMatch(message);
  });
});

describe('a failure', () => {
  const failing = (error: Error) => run('peer --username alice', {}, () => Promise.reject(error));

  test('that a person can mend is said in one line', async () => {
    const { code, err } = await failing(new ParleyError('tracker_unreachable'));
    expect(code).toBe(EXIT_FAILED);
    expect(err).toBe(`parley: ${new ParleyError('tracker_unreachable').message}\n`);
  });

  test('of a port in use names the flag that changes it', async () => {
    const holder = createServer().listen(0, '127.0.0.1');
    await once(holder, 'listening');
    const { port } = holder.address() as AddressInfo;
    const { code, err } = await run('tracker', {}, async () => {
      await once(createServer().listen(port, '127.0.0.1'), 'listening');
    });
    holder.close();
    expect(code).toBe(EXIT_FAILED);
    expect(err).toBe(`parley: port ${port} is in use. Choose another one with --port.\n`);
  });

  test.each([
    ['gateway --line-port 4321', 4321, '--line-port'],
    ['gateway --line-port=4321', 4321, '--line-port'],
    ['gateway', 12345, '--line-port'],
    ['gateway', 8001, '--tracker-port'],
    ['gateway', 9100, '--peer-port'],
    ['gateway', 4000, '--irc-port', { PARLEY_IRC_PORT: '4000' }],
    ['tracker', 4000, '--reflect-port', { PARLEY_PORT: '4001', PARLEY_REFLECT_PORT: '4000' }],
    ['peer --username alice --peer-port 20000', 20000, '--peer-port'],
    ['peer --username alice', 19101, '--ui-port'],
  ])(
    'of a port in use: %s, %i, names %s',
    async (argv: string, port: number, flag: string, env: Record<string, string> = {}) => {
      const inUse = Object.assign(new Error('listen'), { code: 'EADDRINUSE', port });
      const { err } = await run(argv, env, () => Promise.reject(inUse));
      expect(err).toBe(`parley: port ${port} is in use. Choose another one with ${flag}.\n`);
    },
  );

  test('that is a bug shows where', async () => {
    const { code, err } = await failing(new Error('bug: this cannot be'));
    expect(code).toBe(EXIT_FAILED);
    expect(err).toMatch(/bug: this cannot be\n\s+at /);
  });
});
