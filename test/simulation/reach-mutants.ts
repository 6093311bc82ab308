/** Planted bugs of the ways to others: the relay, the change to a direct link, and which of two links stays. */
import { acceptedStays, dialledStays } from '../../peer/link/duplicate-links.js';
import type { DeviceId } from '../../protocol/ids.js';
import { around, replace, within, type Mutant } from './planting.js';

const settings: Mutant['settings'] = { routers: 0.5, hostile: 0, restored: 0, direct: 0.5 };

export const reachMutants: readonly Mutant[] = [
  {
    name: 'never asks for a circuit',
    settings: { ...settings, routers: 1 },
    parts: around(({ dialler }) => ({
      dialler: { ...dialler, relay: () => Promise.reject(new Error('planted')) },
    })),
  },
  {
    name: 'waits for ever for the relay',
    settings,
    parts: around(({ dialler }) => ({
      dialler: { ...dialler, relay: () => new Promise(() => {}) },
    })),
  },
  {
    name: 'never looks for a better way than the relay',
    settings,
    parts: around(({ dialler }) => ({ dialler: { ...dialler, dueUpgrades: () => [] } })),
  },
  {
    name: 'dials although it hides its address',
    settings: { ...settings, hidden: 0.3 },
    parts: around(({ dialler }) => ({ dialler: { ...dialler, order: (addresses) => addresses } })),
  },
  {
    name: 'never meets at the relay who hides',
    settings: { ...settings, routers: 0, hidden: 0.5 },
    parts: around(({ dialler }) => ({
      dialler: { ...dialler, relay: () => Promise.reject(new Error('planted')) },
    })),
  },
  {
    name: 'a relayed link counts beside a direct one',
    settings,
    parts: {
      rules: {
        acceptedStays: (self, other, accepted, { link, greeted }) =>
          acceptedStays(self, other, accepted, {
            greeted,
            link: link && { ...link, dialled: link.dialled, upSince: link.upSince, relayed: false },
          }),
        dialledStays: ({ link, greeted }) => dialledStays({ greeted, link: link && { ...link, relayed: false } }),
      },
    },
  },
  {
    name: 'a direct link counts for nothing beside a relayed one',
    settings,
    parts: {
      rules: {
        acceptedStays: (self, other, accepted, { link, greeted, relayed = false }) =>
          acceptedStays(self, other, accepted, { greeted, relayed, link: relayed ? undefined : link }),
        dialledStays: ({ link, greeted, relayed = false }) =>
          dialledStays({ greeted, relayed, link: relayed ? undefined : link }),
      },
    },
  },
  {
    name: 'does not hear of a link that takes the place of another',
    settings,
    parts: within(({ mesh }, { clock }) => {
      const ended = new Map<DeviceId, number>();
      interface Given {
        readonly remote: { readonly device: DeviceId };
      }
      replace<[Given], unknown>(mesh, 'down', (down) => (link) => {
        ended.set(link.remote.device, clock.now());
        return down(link);
      });
      replace<[Given], unknown>(
        mesh,
        'up',
        (up) => (link) => (ended.get(link.remote.device) === clock.now() ? undefined : up(link)),
      );
    }),
  },
];
