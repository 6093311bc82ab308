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
    name: 'served without asking whether it is shared',
    parts: within(({ mover }) => replace(mover, 'serving.parts.shares', () => () => true)),
  },
  {
    name: 'partial chunks counted after a crash without hashing',
    parts: {
      async openFiles(around) {
        const machines = await openFiles(around);
        const { blobs } = machines;
        const places = Reflect.get(blobs, 'files') as { partialPath(facts: object): string };
        replace<[object], Promise<Marked>>(blobs, 'partial', (open) => async (facts) => {
          const done = join(places.partialPath(facts), 'done');
          const flags = await around.disk.readFile(done).catch(() => Buffer.alloc(0));
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
    name: 'stalled source never given up',
    parts: within(({ mover }) => {
      replace(mover, 'links.tick', () => () => undefined);
      replace(mover, 'download.tick', () => () => undefined);
    }),
  },
];

export const fileMutants = bugs.map((bug): Mutant => ({ ...bug, settings: { files: 30 } }));
