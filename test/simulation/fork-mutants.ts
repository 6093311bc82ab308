/** Planted bugs of what follows an old backup or a copy (docs/decisions/restored-backup.md). */
import type { Disk } from './disk.js';
import { around, diskWith, type Mutant } from './planting.js';
import type { RewriteShelf } from './rewrites.js';

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
];
