/** What a traced process notes of each message (trace-probe.ts), and what is made of it. */
import { median } from './benchmark.js';

/** With what a process begins to count: what comes from its window, or over the link. */
export type TraceStart = 'window' | 'link';

/** What was passed, and when: µs since the message came to this process. */
export type Marked = readonly [what: string, at: number];

/** Medians of what most messages passed, in the order of time; what is passed again is counted. */
export function summary(messages: readonly (readonly Marked[])[]): Marked[] {
  const times = new Map<string, number[]>();
  for (const marks of messages) {
    const seen = new Map<string, number>();
    for (const [what, at] of marks) {
      const nth = (seen.get(what) ?? 0) + 1;
      seen.set(what, nth);
      const name = nth === 1 ? what : `${what} (${nth})`;
      const all = times.get(name);
      if (all) all.push(at);
      else times.set(name, [at]);
    }
  }
  return [...times]
    .filter(([, all]) => all.length > messages.length / 2)
    .map(([what, all]): Marked => [what, median(all)])
    .sort(([, a], [, b]) => a - b);
}
