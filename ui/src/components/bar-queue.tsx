/** Bars wait for each other: the most urgent one shows, and who wants to looks through those behind it. */
import { createContext } from 'preact';
import { useContext, useId, useLayoutEffect, useState } from 'preact/hooks';
import { bug } from '../../../protocol/errors.js';
import { Observable } from '../app/observable.js';

/** The most urgent first: what one has just tried, and could not, is told before all that one has not asked for. */
export const barRanks = [
  'alert',
  'broadcast',
  'connection',
  'error',
  'warning',
  'update',
  'guest',
  'history',
  'welcome',
  'sending',
  'info',
  'notify',
] as const;
export type BarRank = (typeof barRanks)[number];

export interface BarTurn {
  /** The one that shows. */
  readonly shown: string | undefined;
  /** How many wait behind it. */
  readonly more: number;
}

interface Waiting {
  readonly id: string;
  readonly rank: number;
}

export class BarQueue {
  readonly turn = new Observable<BarTurn>({ shown: undefined, more: 0 });
  #bars: readonly Waiting[] = [];

  /** Answers how to leave again. What is more urgent than the one that shows takes its place. */
  enter(id: string, rank: BarRank): () => void {
    const bar = { id, rank: barRanks.indexOf(rank) };
    const at = this.#bars.findIndex((waiting) => waiting.rank > bar.rank);
    const place = at < 0 ? this.#bars.length : at;
    this.#set([...this.#bars.slice(0, place), bar, ...this.#bars.slice(place)]);
    return () => this.#set(this.#bars.filter((waiting) => waiting !== bar));
  }

  /** The one that shows goes to the end. */
  next(): void {
    const [first, ...others] = this.#bars;
    if (first) this.#set([...others, first]);
  }

  #set(bars: readonly Waiting[]): void {
    this.#bars = bars;
    this.turn.set({ shown: bars[0]?.id, more: Math.max(0, bars.length - 1) });
  }
}

const QueueContext = createContext<BarQueue | undefined>(undefined);
export const BarQueueProvider = QueueContext.Provider;

/** Whether it is this bar's turn, and what waits behind it. */
export function useTurn(rank: BarRank): { readonly mine: boolean; readonly more: number; next(): void } {
  const queue = useContext(QueueContext);
  if (!queue) throw bug('a bar was drawn outside of the bars');
  const id = useId();
  const [turn, setTurn] = useState(queue.turn.get());
  // Before the browser paints: none is seen that has to go again.
  useLayoutEffect(() => queue.turn.subscribe(() => setTurn(queue.turn.get())), [queue]);
  useLayoutEffect(() => queue.enter(id, rank), [queue, id, rank]);
  return { mine: turn.shown === id, more: turn.more, next: () => queue.next() };
}
