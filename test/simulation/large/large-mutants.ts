/** Planted bugs of the tree of a large channel, and what of a run shows them. */
import type { Tree, TreeParts } from '../../../peer/mesh/tree.js';
import type { ConversationId } from '../../../protocol/ids.js';
import { replace, within, type Mutant } from '../planting.js';
import type { LargeOutcome } from './large.js';

/** Of the ideal: along a tree that was found by trying, with links that differ a hundredfold in their delay. */
const SLOW = 6;
const COPIES_MAX = 1.25;

/** What must hold once the tree is there: all comes to all, in the time of a tree, nearly once. */
export function largeViolations({ phases, idealMs }: LargeOutcome): string[] {
  return phases.flatMap(({ name, lost, median, copies }) => {
    const wrong: string[] = [];
    if (lost > 0) wrong.push(`${name}: ${lost} messages have not come to all`);
    if (name === 'first' || name === 'a fifth vanished') return wrong;
    if (median > SLOW * idealMs) wrong.push(`${name}: the last one has it after ${median.toFixed(0)} ms`);
    if (copies > COPIES_MAX) wrong.push(`${name}: an entry arrives ${copies.toFixed(2)} times`);
    return wrong;
  });
}

export const largeMutants: readonly Mutant[] = [
  {
    name: 'passes nothing on',
    parts: within(({ mesh }) => replace(mesh, 'passingOn.added', () => () => undefined)),
  },
  {
    name: 'never makes a link part of the tree again',
    parts: within(({ mesh }) => replace(mesh, 'sync.tree.missed', () => () => undefined)),
  },
  {
    name: 'asks those for nothing who have brought nothing twice',
    parts: within(({ mesh }) => {
      const { tree } = Reflect.get(mesh, 'sync') as { tree: Tree };
      replace<[number, ConversationId, ...unknown[]], unknown>(
        tree,
        'brought',
        (brought) =>
          (link, conversation, ...rest) => {
            brought(link, conversation, ...rest);
            const { links } = Reflect.get(tree, 'parts') as TreeParts;
            const ask = Reflect.get(tree, 'ask') as (...given: unknown[]) => void;
            const state = links.get(link);
            if (state?.asked.get(conversation)?.what === 'all') ask.call(tree, state, conversation, 'none', 0);
          },
      );
    }),
  },
  {
    name: 'never leaves the one of two that bring the same',
    parts: within(({ mesh }) => replace(mesh, 'sync.tree.duplicate', () => () => undefined)),
  },
];
