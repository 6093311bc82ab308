/**
 * The chat on a real terminal (tmux), and the commands for pipes as real processes, against a daemon that is killed and started again.
 */
import { execFile } from 'node:child_process';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import type { PeerReady } from '../scripts/daemon/daemon.js';
import { Restartable } from '../scripts/daemon/restartable.js';
import { InProcess, PASSWORD } from './support/in-process.js';

const run = promisify(execFile);
const lasting = 300_000;
const SOCKET = `parley-chat-${process.pid}`;
const built = (path: string): string => fileURLToPath(new URL(`../dist/scripts/${path}`, import.meta.url));

let world: InProcess;
let alice: Restartable<PeerReady>;

/** A command line in a shell, with its exit code. */
async function shell(line: string): Promise<{ code: number; stdout: string; stderr: string }> {
  const env = {
    ...process.env,
    NODE_OPTIONS: '',
    PARLEY: `${process.execPath} ${built('parley.js')}`,
    DATA: world.path('alice'),
  };
  const options = { env, maxBuffer: 64 * 1024 * 1024 };
  return run('bash', ['-c', `set -o pipefail; ${line}`], options).then(
    (done) => ({ code: 0, ...done }),
    (failed: unknown) => failed as { code: number; stdout: string; stderr: string },
  );
}

const tmux = (...args: string[]): Promise<{ stdout: string }> => run('tmux', ['-L', SOCKET, ...args]);
const keys = (...names: string[]): Promise<unknown> => tmux('send-keys', '-t', 'chat', ...names);
const screen = async (): Promise<string> => (await tmux('capture-pane', '-p', '-t', 'chat')).stdout;

/** A screen has no event to wait for. */
async function shows(what: RegExp): Promise<string> {
  for (;;) {
    const text = await screen();
    if (what.test(text)) return text;
    await pause(200);
  }
}

beforeAll(async () => {
  world = await InProcess.create();
  const { url } = await world.tracker();
  alice = new Restartable<PeerReady>({
    name: 'alice',
    program: built('daemon/entry.js'),
    ports: ['--peer-port', '--ui-port'],
    args: (isFirst) => [
      ...['peer', '--username', 'alice', '--tracker', url, '--json', '--no-lan', '--data-dir', world.path('alice')],
      ...(isFirst ? ['--register'] : []),
    ],
    env: { PARLEY_PASSWORD: PASSWORD },
  });
  await alice.start();
}, lasting);

afterAll(async () => {
  await tmux('kill-server').catch(() => undefined);
  await alice.stop();
  await world.close();
}, lasting);

test(
  'a thousand lines are piped in, in order, and piped out',
  async () => {
    expect(await shell('seq 1 1000 | $PARLEY send "#general" --data-dir $DATA')).toMatchObject({ code: 0, stderr: '' });
    const { stdout } = await shell('$PARLEY history "#general" --json --limit 1000 --data-dir $DATA');
    const messages = stdout
      .trim()
      .split('\n')
      .map((line) => (JSON.parse(line) as { message: string }).message);
    expect(messages).toEqual(Array.from({ length: 1000 }, (_, at) => String(at + 1)));
    const first = await shell('$PARLEY history "#general" --limit 1000 --data-dir $DATA | head -1');
    expect([first.code, first.stderr, first.stdout.split('\n').length]).toEqual([0, '', 2]);
  },
  lasting,
);

test(
  'a file that is sent is its entry in JSON, as a text is',
  async () => {
    const line =
      'echo plan > $DATA/plan.txt; $PARLEY send "#general" --json --file $DATA/plan.txt --message "the plan" --data-dir $DATA';
    const sent = await shell(line);
    expect(JSON.parse(sent.stdout)).toMatchObject({ kind: 'file', message: 'the plan', data: { name: 'plan.txt' } });
  },
  lasting,
);

test(
  'what fails is one line that says what to do, and an exit code',
  async () => {
    for (const [line, code, problem] of [
      ['$PARLEY send "#nowhere" --message x --data-dir $DATA', 1, /Join it first\. Add --join/],
      ['$PARLEY tail nobody --data-dir $DATA', 1, /Nobody/],
      ['$PARLEY send "#general" --data-dir $DATA < /dev/null', 1, /--message/],
      ['$PARLEY users --data-dir $DATA/none', 1, /parley peer/],
      ['$PARLEY history "#general" --limit x --data-dir $DATA', 2, /--limit/],
      ['$PARLEY tail "#general" --limit 1.5 --data-dir $DATA', 2, /--limit/],
      ['$PARLEY chat --data-dir $DATA < /dev/null', 1, /terminal/],
    ] as const) {
      const failed = await shell(line);
      expect([line, failed.code, failed.stdout]).toEqual([line, code, '']);
      expect(failed.stderr).toMatch(problem);
      expect(failed.stderr.trim().split('\n')).toHaveLength(1);
    }
  },
  lasting,
);

test(
  'a channel is joined by the command that writes to it',
  async () => {
    expect(await shell('$PARLEY send "#built" --join --message done --data-dir $DATA')).toMatchObject({ code: 0 });
    expect((await shell('echo again | $PARLEY send "#built" --data-dir $DATA')).code).toBe(0);
    expect((await shell('$PARLEY history "#built" --join --data-dir $DATA')).stdout).toMatch(/ done\n.* again\n$/);
  },
  lasting,
);

test(
  'the chat is driven by keys at 80x24 and 200x50, and goes on when the daemon was killed',
  async () => {
    const program = `env LANG=C.UTF-8 NODE_OPTIONS= ${process.execPath} ${built('parley.js')} chat --data-dir ${world.path('alice')}`;
    await tmux('new-session', '-d', '-x', '80', '-y', '24', '-s', 'chat', program);
    await shows(/alice 1000 /);
    await keys('سلام، دوست من', 'Enter');
    await shows(/سلام، دوست من/);
    await keys('a secnd', 'Enter');
    await shows(/alice a secnd/);
    await keys('/edit a second', 'Enter');
    await shows(/alice a second \(edited\)/);
    await keys('Up', '+', '👍', 'Enter');
    await shows(/👍 1/);
    await keys('Up', 'r', 'an answer', 'Enter');
    await shows(/↪ alice: a second\n.*alice an answer/);
    await keys('/delete', 'Enter', 'y');
    await shows(/alice \(deleted\)/);
    for (let page = 0; page < 8; page++) await keys('PageUp');
    await shows(/alice 8\d\d /);
    await tmux('resize-window', '-t', 'chat', '-x', '200', '-y', '50');
    await shows(/\n(?:.*\n){44}.*PgDn/);
    await keys('/search 777', 'Enter');
    await shows(/1 found for "777"/);
    await keys('Enter');
    await shows(/alice 777 [^]*Esc back/);
    await keys('Escape', '/go #general', 'Enter');
    await alice.kill9();
    await shows(/Your peer does not answer/);
    await keys('written meanwhile', 'Enter');
    await alice.start();
    await shows(/alice written meanwhile/);
    await keys('C-c');
    const { stdout } = await shell('$PARLEY history "#general" --limit 1 --data-dir $DATA');
    expect(stdout).toMatch(/alice: written meanwhile\n$/);
  },
  lasting,
);

test(
  'a daemon is started where none runs, and ends with the chat',
  async () => {
    await tmux('kill-server').catch(() => undefined);
    await alice.stop();
    const data = world.path('alice');
    const program = `env LANG=fa_IR.UTF-8 NODE_OPTIONS= ${process.execPath} ${built('parley.js')} chat --data-dir ${data}`;
    await tmux('-u', 'new-session', '-d', '-x', '100', '-y', '30', '-s', 'chat', program);
    await shows(/alice written meanwhile/);
    await keys('Enter', 'C-c');
    for (;;) {
      const { code } = await shell('$PARLEY users --data-dir $DATA');
      if (code === 1) break;
      await pause(500);
    }
  },
  lasting,
);
