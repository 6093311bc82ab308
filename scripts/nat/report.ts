/** What a lab's runs have shown, as a table and in figures, and whether that is what was promised. */
import { KINDS } from './kinds.js';
import type { PairResult, RunResult } from './run.js';

/** Milliseconds. */
export const BARS = { linkedMs: 10_000, directMs: 30_000, directShare: 0.9 };

export interface Judgement {
  readonly pairs: number;
  readonly linkedInTime: number;
  readonly direct: { readonly of: number; readonly inTime: number };
  readonly relayed: { readonly of: number; readonly stayed: number };
  /** How they were linked in the end; `otherwise` than expected. */
  readonly now: { readonly direct: number; readonly relayed: number; readonly otherwise: number };
  /** Pairs that made a hole. */
  readonly punched: number;
  readonly upgrades: number;
  /** Links that were lost, and direct ones that became relayed. */
  readonly setbacks: number;
  readonly entries: number;
  readonly lost: number;
  readonly doubled: number;
  readonly differing: number;
  readonly files: { readonly sent: number; readonly faults: readonly string[] };
  /** What is not as promised; empty: all is. */
  readonly faults: readonly string[];
}

export function judge(runs: readonly RunResult[]): Judgement {
  const pairs = runs.flatMap((run) => run.pairs);
  const direct = pairs.filter(({ expected }) => expected !== 'relayed');
  const relayed = pairs.filter(({ expected }) => expected === 'relayed');
  const sum = (of: (run: RunResult) => number): number => runs.reduce((total, run) => total + of(run), 0);
  const facts = {
    pairs: pairs.length,
    linkedInTime: pairs.filter(({ linkedMs = Infinity }) => linkedMs <= BARS.linkedMs).length,
    direct: {
      of: direct.length,
      inTime: direct.filter(({ path, directMs = Infinity }) => path === 'direct' && directMs <= BARS.directMs).length,
    },
    relayed: {
      of: relayed.length,
      stayed: relayed.filter(({ path, losses }) => path !== undefined && losses === 0).length,
    },
    now: {
      direct: pairs.filter(({ path }) => path === 'direct').length,
      relayed: pairs.filter(({ path }) => path === 'relayed').length,
      otherwise: pairs.filter((pair) => !isAsExpected(pair)).length,
    },
    punched: pairs.filter(({ punched }) => punched).length,
    upgrades: pairs.reduce((total, pair) => total + pair.upgrades, 0),
    setbacks: pairs.reduce((total, pair) => total + pair.losses + pair.setbacks, 0),
    entries: sum(({ verdict }) => verdict.entries),
    lost: sum(({ verdict }) => verdict.lost.length),
    doubled: sum(({ verdict, doubled }) => verdict.doubled.length + doubled),
    differing: sum(({ verdict }) => verdict.differing.length),
    files: { sent: sum(({ files }) => files.sent), faults: runs.flatMap(({ files }) => files.faults) },
  };
  return { ...facts, faults: faultsOf(facts) };
}

function faultsOf(facts: Omit<Judgement, 'faults'>): string[] {
  const { pairs, linkedInTime, direct, relayed, lost, doubled, differing, files } = facts;
  const faults = files.faults.map((fault) => `a file did not come: ${fault}`);
  if (linkedInTime < pairs)
    faults.push(`${pairs - linkedInTime} pairs were not linked within ${BARS.linkedMs / 1000} s`);
  if (direct.inTime < BARS.directShare * direct.of)
    faults.push(`${direct.of - direct.inTime} of ${direct.of} pairs were not direct within ${BARS.directMs / 1000} s`);
  if (relayed.stayed < relayed.of) faults.push(`${relayed.of - relayed.stayed} relayed links did not stay up`);
  if (lost > 0) faults.push(`${lost} messages are lost`);
  if (doubled > 0) faults.push(`${doubled} messages are there twice`);
  if (differing > 0) faults.push('not all show the same in the same order');
  return faults;
}

/** D: dialled, P: punched, R: relayed; small letters where something else was expected, `-` where there is no link. */
export function table(runs: readonly RunResult[]): string {
  const cells = new Map<string, string>();
  for (const pair of runs.flatMap((run) => run.pairs)) {
    const [a, b] = [...pair.kinds].sort((one, other) => KINDS.indexOf(one) - KINDS.indexOf(other));
    const key = `${a} ${b}`;
    // Of several daemons of the same two kinds, one that is otherwise than expected.
    if (!/^[a-z-]/.test(cells.get(key) ?? '')) cells.set(key, cellOf(pair));
  }
  const present = KINDS.filter((kind) => [...cells.keys()].some((key) => key.split(' ').includes(kind)));
  const width = 9;
  const row = (name: string, rest: readonly string[]): string =>
    [name.padEnd(6), ...rest.map((cell) => cell.padEnd(width))].join('').trimEnd();
  const lines = present.map((a, at) =>
    row(
      a,
      present.map((b, to): string => (to < at ? '' : (cells.get(`${a} ${b}`) ?? ''))),
    ),
  );
  return [row('', present), ...lines].join('\n');
}

function cellOf(pair: PairResult): string {
  const { path, punched, directMs, linkedMs } = pair;
  if (path === undefined) return '-';
  const letter = path === 'relayed' ? 'R' : punched ? 'P' : 'D';
  const seconds = ((path === 'direct' ? directMs : linkedMs) ?? 0) / 1000;
  return `${isAsExpected(pair) ? letter : letter.toLowerCase()} ${seconds.toFixed(1)}`;
}

function isAsExpected({ path, expected }: PairResult): boolean {
  return path === (expected === 'relayed' ? 'relayed' : 'direct');
}
