/**
 * Real peers in homes where something is really wrong (routes, routers, proxies made of network namespaces), and the doctor as a person runs it; and
 * routers that let in when they are asked. All twenty faults, three times each: `npm run nat -- --doctor`.
 */
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { afterAll, expect, test } from '@jest/globals';
import type { DoctorJudgement } from '../scripts/nat/doctor/run.js';
import { upnpMissing } from '../scripts/nat/doctor/upnp-router.js';
import { inSandbox, sandboxMissing } from '../scripts/nat/sandbox.js';
import { projectRoot } from './support/project.js';

const lasting = 300_000;
const missing = sandboxMissing();
const noRouter = upnpMissing();
const begun: ReturnType<typeof inSandbox>[] = [];
afterAll(() => {
  for (const lab of begun) lab.kill('SIGKILL');
});

if (missing === undefined) {
  test(
    'the cause is named, and where nothing is wrong nothing is; a router that is asked lets in, by NAT-PMP and by UPnP',
    async () => {
      const faults = [
        'no_route',
        'events_blocked',
        'nat_no_mapping',
        ...(noRouter === undefined ? ['double_nat'] : []),
      ];
      const child = inSandbox(projectRoot, [
        '--doctor',
        '--faults',
        faults.join(','),
        '--rounds',
        '1',
        '--healthy',
        '4',
      ]);
      begun.push(child);
      if (!child.stdout) throw new Error('bug: it has a stdout');
      const lines: string[] = [];
      createInterface({ input: child.stdout }).on('line', (line) => lines.push(line));
      await once(child, 'close');
      const { right, of, healthy } = JSON.parse(lines.at(-1) ?? '') as DoctorJudgement;
      expect({ right, of, healthy, lines }).toEqual({
        ...{ right: faults.length, of: faults.length, healthy: { right: 4, of: 4 } },
        lines: expect.anything(),
      });
    },
    lasting,
  );
  if (noRouter !== undefined)
    test.skip(`NOT RUN, so nobody has asked a router to let in: ${noRouter}`, () => undefined);
} else if (process.env['PARLEY_NEEDS_NETNS'] === '1') {
  test('the lab of the doctor can be made', () => {
    expect(missing).toBeUndefined();
  });
} else {
  test.skip(`NOT RUN, so nobody has looked at the doctor in real networks: ${missing}`, () => undefined);
}
