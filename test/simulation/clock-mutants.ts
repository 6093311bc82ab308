/** Planted bugs of clocks: what a certificate's begin proves, whose clock is right, and that people hear of it. */
import type { DeviceId, Username } from '../../protocol/ids.js';
import { readCertificate } from './certificates.js';
import { around, replace, within, type Mutant } from './planting.js';

export const clockMutants: readonly Mutant[] = [
  {
    name: 'takes nothing from before a certificate begins',
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
