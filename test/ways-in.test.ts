/** What `parley tracker` says at its start: by which address others come in, and the invite that brings them. */
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { parseInviteCode } from '../protocol/invite-code.js';
import { parseInvite } from '../protocol/invite.js';
import { caFingerprint } from '../peer/settings/pins.js';
import { projectRoot } from './support/project.js';
import { TempDir } from './support/temp-dir.js';

const PROGRAM = join(projectRoot, 'dist/scripts/daemon/entry.js');
const lasting = 60_000;
let folder: TempDir;
beforeAll(() => {
  folder = new TempDir();
});
afterAll(() => folder.remove());

/** All that it prints until it has said how others come in, or that they do not; then `look`, and its end. */
async function started(name: string, flags: readonly string[], look: (lines: readonly string[]) => Promise<void>) {
  const args = [PROGRAM, 'tracker', '--port', '0', '--data-dir', join(folder.path, name), ...flags];
  // The channel: were this process to die, the tracker would stop too.
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'ignore', 'ipc'] });
  const ended = new Promise((resolve) => child.once('close', resolve));
  try {
    const lines: string[] = [];
    const { stdout } = child;
    if (!stdout) throw new Error('the output of a tracker is not piped');
    for await (const line of createInterface({ input: stdout })) {
      lines.push(line);
      // The last line of each way in; of two the first is for whoever runs it.
      if (/Only this computer|by its proxy/.test(line) || lines.filter((one) => one.includes('--invite')).length === 2)
        break;
    }
    await look(lines);
  } finally {
    child.kill('SIGTERM');
    await ended;
  }
}

test(
  'one that others reach prints the address for them, a link and a line for their terminal, with the CA that it has',
  () =>
    started('open', ['--host', '0.0.0.0', '--trackers', 'http://chat.example:8001'], async (lines) => {
      const [ready = '', ...rest] = lines;
      const url = /http:\/\/127\.0\.0\.1:\d+/.exec(ready)?.[0] ?? '';
      expect(rest[0]).toMatch(/^Others reach it at http:\/\/chat\.example:8001/);
      const [link = '', command = ''] = rest.slice(-2).map((line) => line.trim());
      expect(command).toBe(`npx parley peer --invite "${link}"`);
      const invite = parseInvite(link);
      expect(invite?.trackers[0]).toBe('http://chat.example:8001');
      const ca = await (await fetch(`${url}/ca`)).text();
      expect(invite?.ca).toBe(caFingerprint(ca));

      // Whoever comes first is nobody in particular there: the admin's account is made with the link for it.
      const setup = lines.map((line) => parseInvite(line)).find((one) => one !== undefined);
      expect(setup?.code).toBeDefined();
      expect(setup?.code).not.toBe(invite?.code);
      const register = async (username: string, code?: string) => {
        const body = JSON.stringify({ username, password: 'correct horse', ...(code && { invite: code }) });
        const headers = { 'content-type': 'application/json' };
        const answer = await fetch(`${url}/register`, { method: 'POST', headers, body });
        return [answer.status, ((await answer.json()) as { code?: string }).code];
      };
      expect(await register('mallory')).toEqual([403, 'invite_needed']);
      expect(await register('keeper', setup?.code)).toEqual([200, undefined]);
      expect(await register('eve', setup?.code)).toEqual([403, 'invite_over']);
      expect(await register('bob', invite?.code)).toEqual([200, undefined]);
    }),
  lasting,
);

test(
  'one for this computer alone says so, and how others come in',
  () =>
    started('local', [], async (lines) => {
      expect(lines.at(-1)).toBe('Only this computer can use it; --host 0.0.0.0 lets others in.');
    }),
  lasting,
);

test(
  'one behind a proxy prints the code for its admin, and how invites come to lead through the proxy',
  () =>
    started('proxied', ['--trust-proxy', '127.0.0.1'], async (lines) => {
      expect(lines.at(-1)).toMatch(/^Others reach it by its proxy\. .*--trackers/);
      expect(parseInviteCode(lines.at(-2) ?? '')).toBeDefined();
    }),
  lasting,
);
