/** Planted bugs of the comparison of large channels by digests. */
import { createHash } from 'node:crypto';
import type { Ends } from '../../peer/mesh/ends.js';
import type { Exchange } from '../../peer/mesh/exchange.js';
import type { Machines } from './machines.js';
import { replace, within, type Mutant } from './planting.js';

/** All that matters happens with a link that was there before, and has missed something. */
const settings = { churn: 0.4 };

/** Changes each exchange of a peer before it says anything. */
function eachExchange({ mesh }: Machines, change: (exchange: Exchange) => void): void {
  replace<unknown[], { exchange: Exchange }>(mesh, 'sync.accounts.agreeing.begin', (begin) => (...given) => {
    const begun = begin(...given);
    change(begun.exchange);
    return begun;
  });
}

export const rangeMutants: readonly Mutant[] = [
  {
    name: 'compares digests of devices, without the ends of their logs',
    settings,
    parts: within((machines) =>
      eachExchange(machines, (exchange) => {
        const ends = Reflect.get(exchange, 'ends') as Ends;
        replace<[number, number], string>(ends, 'digest', () => (from, to) => {
          const devices = ends.devices.slice(from, to).join('\n');
          return createHash('sha256').update(devices).digest('base64url');
        });
      }),
    ),
  },
  {
    name: 'takes a range that differs for the same',
    settings,
    parts: within((machines) =>
      eachExchange(machines, (exchange) => {
        replace<[string, string, { digest?: string }, ...unknown[]], unknown>(
          exchange,
          'compare',
          (compare) =>
            (from, to, theirs, ...rest) => {
              const ends = Reflect.get(exchange, 'ends') as Ends;
              const digest = ends.digest(ends.at(from), ends.at(to));
              return compare(from, to, theirs.digest === undefined ? theirs : { ...theirs, digest }, ...rest);
            },
        );
      }),
    ),
  },
  {
    name: 'waits for ever for the other side to go on comparing',
    settings,
    parts: within(({ mesh }) => {
      replace(mesh, 'sync.accounts.agreeing.hear', () => () => undefined);
      replace(mesh, 'sync.accounts.agreeing.tick', () => () => undefined);
    }),
  },
];
