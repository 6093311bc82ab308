/**
 * Has the router forward a port, in whichever language it speaks: it is asked in both at the same time, and the mapping is made in one. So
 * nothing is left of the other when it ends.
 */
import { mapByNatPmp } from './nat-pmp.js';
import type { Home, Outcome, Wish } from './types.js';
import { findUpnp, mapByUpnp } from './upnp.js';

export interface AskOptions {
  readonly home: Home;
  readonly signal: AbortSignal;
  /** In [0, 1). */
  readonly random: () => number;
  /** Where the router listens for each; other places in tests. */
  readonly natPmpPort?: number;
  readonly group?: { readonly host: string; readonly port: number };
  /** For each answer of a router. Milliseconds. */
  readonly limitMs?: number;
}

/** Never rejects. Takes 2 s where nobody answers, and at most 18 s for a router that is as slow as it may be. */
export async function askForMapping(wish: Wish, options: AskOptions): Promise<Outcome> {
  const { natPmpPort, signal } = options;
  const finished = new AbortController();
  const searching = AbortSignal.any([signal, finished.signal]);
  const searched = findUpnp({ ...options, signal: searching });
  const first = await mapByNatPmp(wish, { ...options, ...(natPmpPort !== undefined && { port: natPmpPort }) });
  if (first.state === 'mapped') {
    finished.abort();
    return first;
  }
  const found = await searched;
  if (!found || signal.aborted) return first;
  const second = await mapByUpnp(found, wish, options);
  if (second.state === 'mapped') return second;
  // Which of them knows how the router is seen outside does not matter.
  const both = [second, first].flatMap((outcome) => (outcome.state === 'refused' ? [outcome] : []));
  const host = both.find((outcome) => outcome.host !== undefined)?.host;
  const undo = undoAll([second, first]);
  return {
    state: 'refused',
    host,
    ...(both.some(({ isHidden }) => isHidden) && { isHidden: true }),
    ...(undo && { undo }),
  };
}

/** Takes back what either may have made; the second may also where the first fails. */
function undoAll(outcomes: readonly Outcome[]): ((signal: AbortSignal) => Promise<unknown>) | undefined {
  const all = outcomes.flatMap((outcome) => (outcome.state !== 'mapped' && outcome.undo ? [outcome.undo] : []));
  return all.length === 0 ? undefined : (signal) => Promise.allSettled(all.map((undo) => undo(signal)));
}
