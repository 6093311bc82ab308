/** The invariants: nothing acknowledged is lost, nothing is there twice, one order for all. */
import { setTimeout as pause } from 'node:timers/promises';
import type { EntryView } from '../../protocol/local-api.js';
import type { Acknowledged } from './writer.js';
import type { Window } from './window.js';

export interface Verdict {
  /** Entries in the union of all histories. */
  readonly entries: number;
  readonly lost: readonly string[];
  readonly doubled: readonly string[];
  /** Conversations whose members do not all show the same entries in the same order. */
  readonly differing: readonly string[];
}

export interface Case {
  /** Conversation → the windows of its members. */
  readonly conversations: ReadonlyMap<string, readonly Window[]>;
  /** Text → where it was acknowledged. */
  readonly acknowledged: ReadonlyMap<string, Acknowledged>;
}

const LOOK_EVERY_MS = 500;

export function isGood({ lost, doubled, differing }: Verdict): boolean {
  return lost.length + doubled.length + differing.length === 0;
}

/** Judges again and again until all is well or the time is over: convergence is promised, not its moment. */
export async function settled(given: Case, withinMs: number): Promise<Verdict> {
  const deadline = Date.now() + withinMs;
  for (;;) {
    const verdict = await judge(given);
    if (isGood(verdict) || Date.now() > deadline) return verdict;
    await pause(LOOK_EVERY_MS);
  }
}

export async function judge({ conversations, acknowledged }: Case): Promise<Verdict> {
  const differing: string[] = [];
  const doubled: string[] = [];
  const places = new Map<string, Set<string>>();
  let entries = 0;
  for (const [conversation, windows] of conversations) {
    const histories = await Promise.all(windows.map((window) => window.history(conversation)));
    const [first = []] = histories;
    entries += first.length;
    if (histories.some((history) => !sameOrder(history, first))) {
      differing.push(`${conversation}: ${histories.map(({ length }) => length).join(' / ')} entries`);
    }
    for (const history of histories) doubled.push(...twice(history).map((what) => `${conversation}: ${what}`));
    for (const { message, id } of first) {
      const ids = places.get(`${conversation} ${message}`);
      if (ids) ids.add(id);
      else places.set(`${conversation} ${message}`, new Set([id]));
    }
  }
  const lost = [...acknowledged].filter(([text, at]) => !places.get(`${at.conversation} ${text}`)?.has(at.id));
  return { entries, lost: lost.map(([text]) => text), doubled: [...new Set(doubled)], differing };
}

function sameOrder(one: readonly EntryView[], other: readonly EntryView[]): boolean {
  return one.length === other.length && one.every(({ id }, i) => id === other[i]?.id);
}

/** Ids, and texts (each was posted once), that stand in a history more than once. */
function twice(history: readonly EntryView[]): string[] {
  const seen = new Set<string>();
  return history.flatMap(({ id, kind, message }) => {
    const marks = kind === 'text' ? [id, message] : [id];
    const again = marks.filter((mark) => seen.has(mark));
    for (const mark of marks) seen.add(mark);
    return again;
  });
}
