import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { afterAll, describe, expect, test } from '@jest/globals';
import { TempDir } from '../../test/support/temp-dir.js';
import type { ServiceSpec } from './plan.js';
import { servicePlan } from './service.js';

const folder = new TempDir();
afterAll(() => folder.removeNow());

/** Arguments that each format has signs of its own for. */
const WORDS = [
  ...['peer', '--data-dir', '/home/Zoë Müller/a "b"', String.raw`C:\dir with space\ `, String.raw`back\slash\\`],
  ...['100% of $HOME $(id) %h', "it's", '<a> & </string>', String.raw`\"`, '', '-- ]]>', 'خانه'],
] as const;
const spec: ServiceSpec = {
  name: 'parley-peer',
  title: 'Parley: peer 100% & <all>',
  command: ['/usr/bin/env', ...WORDS],
  folder: '/home/Zoë 100% & co',
};
const owner = { home: folder.path, uid: 1000 };
const plan = (platform: NodeJS.Platform, more: Partial<ServiceSpec> = {}) =>
  servicePlan(platform, { ...spec, ...more }, owner);

/** What Python's own readers of these formats make of a text. */
function python(program: string, input: string | Uint8Array): unknown {
  return JSON.parse(execFileSync('python3', ['-c', program], { input, encoding: 'utf8' }));
}

describe('a unit of systemd', () => {
  test('stands where the user manager looks, and is started, stopped and looked at there', () => {
    const { file, install, stop, status } = plan('linux');
    expect(file).toBe(`${folder.path}/.config/systemd/user/parley-peer.service`);
    const { file: elsewhere } = servicePlan('linux', spec, { ...owner, configHome: '/etc/me' });
    expect(elsewhere).toBe('/etc/me/systemd/user/parley-peer.service');
    for (const command of [...install, ...stop, status]) expect(command.slice(0, 2)).toEqual(['systemctl', '--user']);
  });

  test('keeps each argument one, as it is', () => {
    const line = /^ExecStart=(.*)$/m.exec(String(plan('linux').content))?.[1] ?? '';
    // By the rules of systemd.service(5), "COMMAND LINES".
    const words = [...line.matchAll(/"((?:[^"\\]|\\.)*)"(?: |$)/g)].map(([, word = '']) =>
      word.replace(/\\(.)|%%|\$\$/g, (both, sign: string | undefined) => sign ?? both.slice(1)),
    );
    expect(words).toEqual(spec.command);
  });

  test('is one that systemd takes', () => {
    const { file, content } = plan('linux', { command: ['/usr/bin/env', '100% of $HOME', 'a "b" \\'] });
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, content);
    const { error, status, stdout, stderr } = spawnSync('systemd-analyze', ['--user', 'verify', file], {
      encoding: 'utf8',
      env: { ...process.env, XDG_RUNTIME_DIR: folder.path },
    });
    // Where there is no systemd, nothing can be asked; the rules above hold all the same.
    if (error !== undefined && 'code' in error && error.code === 'ENOENT') return;
    expect({ status, said: `${stdout}${stderr}`.split('\n').filter((line) => line.includes('parley-peer')) }).toEqual({
      status: 0,
      said: [],
    });
  });
});

test('a launch agent keeps each argument one, as Apple’s format is read', () => {
  const { file, content } = plan('darwin');
  expect(file).toBe(`${folder.path}/Library/LaunchAgents/chat.parley.parley-peer.plist`);
  const read = 'import plistlib, json, sys; print(json.dumps(plistlib.loads(sys.stdin.buffer.read())))';
  expect(python(read, content)).toMatchObject({
    Label: 'chat.parley.parley-peer',
    ProgramArguments: spec.command,
    RunAtLoad: true,
    KeepAlive: { SuccessfulExit: false },
    WorkingDirectory: spec.folder,
  });
});

test('a task of Windows keeps each argument one, as the C runtime takes a command line apart', () => {
  const { file, content, install } = plan('win32');
  expect(install[0]).toContain(file);
  const read = `
import json, sys, xml.etree.ElementTree as tree
task = tree.fromstring(sys.stdin.buffer.read())
space = '{http://schemas.microsoft.com/windows/2004/02/mit/task}'
print(json.dumps([task.find(f'.//{space}{name}').text for name in ('Command', 'Arguments', 'WorkingDirectory')]))`;
  const [command, args, where] = python(read, content) as [string, string, string];
  expect(where).toBe(spec.folder);
  expect([command, ...takenApart(args)]).toEqual(spec.command);
});

test.each([
  ['a name that leads elsewhere', 'linux', { name: '../x' }, 'letters, digits'],
  ['no name', 'darwin', { name: '' }, 'letters, digits'],
  ['a name too long', 'win32', { name: 'x'.repeat(65) }, 'letters, digits'],
  [
    'a line break in an argument',
    'linux',
    { command: ['/usr/bin/env', 'a\nExecStart=/bin/false'] },
    'control character',
  ],
  ['a NUL in an argument', 'darwin', { command: ['/usr/bin/env', '\0'] }, 'control character'],
  ['another system', 'freebsd', {}, 'not freebsd'],
] as const)('%s is refused', (_what, platform, more, said) => {
  expect(() => plan(platform, more)).toThrow(said);
});

/** "Parsing C command-line arguments", Microsoft. */
function takenApart(line: string): string[] {
  const words: string[] = [];
  let [word, quoted, begun] = ['', false, false];
  for (let at = 0; at < line.length;) {
    const [, slashes = '', quote = ''] = /^(\\*)("?)/.exec(line.slice(at)) ?? [];
    if (quote !== '') {
      word += '\\'.repeat(Math.floor(slashes.length / 2));
      if (slashes.length % 2 === 1) word += '"';
      else quoted = !quoted;
      begun = true;
      at += slashes.length + 1;
    } else if (slashes !== '') {
      word += slashes;
      begun = true;
      at += slashes.length;
    } else {
      const sign = line.charAt(at);
      at += 1;
      if (!quoted && sign === ' ') {
        if (begun) words.push(word);
        [word, begun] = ['', false];
      } else {
        word += sign;
        begun = true;
      }
    }
  }
  return begun ? [...words, word] : words;
}
