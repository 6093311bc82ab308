/**
 * Real daemons behind real routers, in network namespaces: who can be dialled is, two behind the usual NAT make holes, and the relay carries the
 * rest; what they write meanwhile comes once. All kinds of routers: `npm run nat`.
 */
import { once } from 'node:events';
import { readdirSync, readFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, expect, test } from '@jest/globals';
import type { Judgement } from '../scripts/nat/report.js';
import { inSandbox, sandboxMissing } from '../scripts/nat/sandbox.js';
import { projectRoot } from './support/project.js';

const lasting = 400_000;
const missing = sandboxMissing();
const begun: ReturnType<typeof inSandbox>[] = [];
afterAll(() => {
  for (const lab of begun) lab.kill('SIGKILL');
});

/** The lab, and what it prints. */
function lab(args: readonly string[]) {
  const child = inSandbox(projectRoot, args);
  begun.push(child);
  const lines: string[] = [];
  if (!child.stdout) throw new Error('bug: it has a stdout');
  const reader = createInterface({ input: child.stdout });
  reader.on('line', (line) => lines.push(line));
  return { child, lines, reader };
}

/** How many processes have this in their command line. */
function processesWith(text: string): number {
  const all = readdirSync('/proc').filter((name) => /^\d+$/.test(name));
  return all.filter((pid) => {
    try {
      return readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes(text);
    } catch {
      return false; // It has ended meanwhile.
    }
  }).length;
}

if (missing === undefined) {
  test(
    'dialled, through a hole, or relayed, as the routers permit; nothing is lost or doubled',
    async () => {
      const kinds = 'pub,port,port,sym,out';
      const times = ['--messages', '200', '--write', '15', '--within', '180', '--watch', '1'];
      const { child, lines } = lab(['--kinds', kinds, ...times]);
      await once(child, 'close');
      const found = JSON.parse(lines.at(-1) ?? '') as Judgement;
      expect({ ...found.now, lost: found.lost, doubled: found.doubled, differing: found.differing }).toEqual({
        ...{ direct: 4, relayed: 6, otherwise: 0 },
        ...{ lost: 0, doubled: 0, differing: 0 },
      });
      expect(found.entries).toBe(1000);
      expect(found.files).toEqual({ sent: 3, faults: [] });
      expect(found.punched).toBeGreaterThanOrEqual(1);
    },
    lasting,
  );

  test(
    'a lab that is killed leaves nothing behind',
    async () => {
      const folder = `/run/killed-${process.pid}`;
      const { child, reader } = lab(['--kinds', 'pub,port', '--folder', folder]);
      for await (const line of reader) if (line.includes('daemons are up')) break;
      // The lab itself, its delayer apart: a tracker and two peers.
      expect(processesWith(folder)).toBeGreaterThanOrEqual(4);
      child.kill('SIGKILL');
      await once(child, 'exit');
      while (processesWith(folder) > 0) await pause(20);
    },
    lasting,
  );
} else if (process.env['PARLEY_NEEDS_NETNS'] === '1') {
  test('the lab of NATs can be made', () => {
    expect(missing).toBeUndefined();
  });
} else {
  test.skip(`NOT RUN, so nobody has looked at NATs: ${missing}`, () => undefined);
}
