/** Planted bugs of what concerns one device: its clock and certificate, and what follows an old backup or a copy. */
import type { DeviceId, Username } from '../../protocol/ids.js';
import { readCertificate } from './certificates.js';
import { around, replace, within, type Mutant, diskWith } from './planting.js';
import type { Disk } from './disk.js';
import type { RewriteShelf } from './rewrites.js';

export const clockMutants: readonly Mutant[] = [
  {
    name: 'takes nothing from before a certificate begins',
    // Seen where somebody's clock is far behind for long, and starts again meanwhile.
    settings: { peers: 24, entries: 300, churn: 0.3, channels: 2, hostile: 0, restored: 0, minutes: 3 },
    parts: around(({ keys, certificates }) => ({
      keys: {
        ...keys,
        author(device, time) {
          const begins = certificates(device).map((text) => readCertificate(text).notBefore);
          return time < Math.min(...begins) ? { known: true } : keys.author(device, time);
        },
      },
    })),
  },
  {
    name: 'believes the tracker’s clock whatever others show',
    parts: within(({ clocks }, { clock }) => {
      replace<[number], unknown>(clocks, 'tracker', (tracker) => (skewMs) => {
        tracker(skewMs);
        const time = new Date(clock.now() - skewMs).toISOString();
        for (let i = 0; i < 50; i++)
          clocks.heard(
            { remote: { username: `x${i}` as Username, device: `x${i}` as DeviceId, certificate: '' } },
            time,
          );
      });
    }),
  },
  {
    name: 'tells nobody that their clock is wrong',
    parts: within(({ clocks }) => replace(clocks, 'tell', () => () => undefined)),
  },
];

const rewriting = (disk: Disk, changed: Partial<RewriteShelf>): { disk: Disk } => ({
  disk: diskWith(disk, { rewrites: Object.assign(Object.create(disk.rewrites) as RewriteShelf, changed) }),
});

export const forkMutants: readonly Mutant[] = [
  {
    name: 'does not write again what lost its place',
    parts: around(({ disk }) => rewriting(disk, { waiting: () => [] })),
  },
  {
    name: 'writes twice what lost its place',
    parts: around(({ disk }) =>
      rewriting(disk, {
        waiting: () => disk.rewrites.waiting().flatMap((one) => [one, { ...one, client: `twice ${one.id}` }]),
      }),
    ),
  },
  {
    name: 'compares the end of its log with nobody',
    settings: { restored: 6 },
    parts: within(({ forks }) => replace(forks, 'holds', () => () => undefined)),
  },
  {
    name: 'shows a fork to nobody but who brought it',
    settings: { restored: 9 },
    parts: within(({ forks }) => replace(forks, 'linksTo', () => () => [])),
  },
];
