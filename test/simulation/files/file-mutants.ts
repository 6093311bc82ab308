/** Planted bugs of files. */
import { join } from 'node:path';
import { replace, type Mutant } from '../planting.js';
import { openFiles, type FileMachines } from './file-machines.js';

/** Right surroundings, a wrong machine. */
const within = (change: (machines: FileMachines) => void): Mutant['parts'] => ({
  async openFiles(around) {
    const machines = await openFiles(around);
    change(machines);
    return machines;
  },
});

/** What is changed of each file that is opened to be fetched. */
const partials = (change: (partial: object) => void): Mutant['parts'] =>
  within(({ blobs }) => {
    const known = new Set<object>();
    replace<[object], Promise<object>>(blobs, 'partial', (open) => async (facts) => {
      const partial = await open(facts);
      if (!known.has(partial)) change(partial);
      known.add(partial);
      return partial;
    });
  });

/** What was not written yet is lost with the power, while a file comes. */
const DYING = { files: 60, churn: 0.5, hostile: 1 };
/** Who is silent is one of several kinds. */
const LYING = { hostile: 5, files: 60 };

interface Marked {
  readonly manifest: unknown;
  readonly held: { believe(chunk: number, flag: number): void };
  has(chunk: number): boolean;
  count(chunk: number): void;
}

const bugs: readonly Mutant[] = [
  {
    name: 'chunk hash not checked',
    parts: partials((partial) =>
      replace<[number], Buffer>(
        partial,
        'hashOf',
        (hashOf) => (n) => Object.assign(Buffer.from(hashOf(n)), { equals: () => true }),
      ),
    ),
  },
  {
    name: 'flags believed after a start',
    settings: DYING,
    parts: {
      async openFiles(around) {
        const machines = await openFiles(around);
        const { blobs } = machines;
        const places = Reflect.get(blobs, 'files') as { partialPath(facts: object): string };
        replace<[object], Promise<Marked>>(blobs, 'partial', (open) => async (facts) => {
          const flags = await around.disk.readFile(join(places.partialPath(facts), 'done')).catch(() => Buffer.of());
          const partial = await open(facts);
          for (const [n, flag] of flags.entries()) {
            if (flag === 0 || !partial.manifest || partial.has(n)) continue;
            partial.held.believe(n, flag);
            partial.count(n);
          }
          return partial;
        });
        return machines;
      },
    },
  },
  {
    name: 'served without asking whether it is shared',
    parts: within(({ mover }) => replace(mover, 'serving.parts.shares', () => () => true)),
  },
  {
    name: 'waits for ever for a source that has fallen silent',
    settings: LYING,
    parts: within(({ mover }) => {
      replace(mover, 'links.tick', () => () => undefined);
      replace(mover, 'download.out.close', () => () => undefined);
      replace<[{ sha256: string }, ...unknown[]], unknown>(mover, 'download.add', (add) => (facts, ...rest) => {
        add(facts, ...rest);
        const transfers = Reflect.get(Reflect.get(mover, 'download') as object, 'transfers') as Map<string, object>;
        const transfer = transfers.get(facts.sha256);
        if (transfer) replace(transfer, 'again', () => () => undefined);
      });
    }),
  },
];

export const fileMutants = bugs.map((bug): Mutant => ({ ...bug, settings: { files: 30, ...bug.settings } }));
