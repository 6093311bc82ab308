/** Planted bugs of the tree of a large channel, and what of a run shows them. */
import type { Tree, TreeParts } from '../../../peer/mesh/tree.js';
import type { ConversationId } from '../../../protocol/ids.js';
import { LINKS_MAX } from '../../../protocol/limits.js';
import { replace, within, type Mutant } from '../planting.js';
import type { LargeOutcome } from './large.js';

/** Of the ideal: along a tree that was found by trying, with links that differ a hundredfold in their delay. */
const SLOW = 6;
const COPIES_MAX = 1.25;
/** Until each half of a channel has noticed that the other is gone, and has closed its ranks. */
export const CUT_MS = 150_000;

/** What must hold once the tree is there: all comes to all, in the time of a tree, nearly once. */
export function largeViolations({ phases, idealMs, linksMax }: LargeOutcome): string[] {
  const many = linksMax > LINKS_MAX ? [`a peer has ${linksMax} links at a moment`] : [];
  const rest = phases.flatMap(({ name, lost, median, copies, unknown }) => {
    const wrong: string[] = [];
    if (lost > 0) wrong.push(`${name}: ${lost} messages have not come to all`);
    if (name !== 'settled' && name !== 'healed') return wrong;
    if (unknown > 0) wrong.push(`${name}: ${unknown} times an author does not know who holds a message`);
    if (median > SLOW * idealMs) wrong.push(`${name}: the last one has it after ${median.toFixed(0)} ms`);
    if (copies > COPIES_MAX) wrong.push(`${name}: an entry arrives ${copies.toFixed(2)} times`);
    return wrong;
  });
  return [...many, ...rest];
}

/** `cutMs`: of the run that shows it; absent: the common one does. */
type LargeMutant = Mutant & { readonly cutMs?: number };

export const largeMutants: readonly LargeMutant[] = [
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
  {
    name: 'passes no receipts on',
    parts: within(({ mesh }) => replace(mesh, 'receipts.take', () => () => undefined)),
  },
  {
    name: 'sends no receipt again that a link has lost',
    parts: within(({ mesh }) => replace(mesh, 'receipts.kept.lost', () => () => undefined)),
  },
  {
    name: 'looks for no way for receipts but the one that the log came by',
    parts: within(({ mesh }) => replace(mesh, 'receipts.ways.seek', () => () => undefined)),
  },
  {
    name: 'asks nobody on for a way for receipts',
    parts: within(({ mesh }) => replace(mesh, 'receipts.ways.hear', () => () => false)),
  },
  {
    name: 'ends nothing for whoever comes beyond the bound',
    parts: within(({ places }) => {
      replace(places, 'takes', () => () => true);
      replace(places, 'comes', () => () => undefined);
    }),
  },
  {
    name: 'lacks nothing, and so never tries anybody else',
    cutMs: CUT_MS,
    parts: within(({ dialler }) => void Reflect.set(dialler, 'renewAt', Infinity)),
  },
];
