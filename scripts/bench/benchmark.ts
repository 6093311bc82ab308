/** What a benchmark is, and what it says. Every figure is a ratio to a limit that is measured in the same run. */

export interface Row {
  readonly name: string;
  /** Median over the rounds, in `unit`: ours, and the limit's. */
  readonly value: number;
  readonly limit: number;
  readonly unit: string;
  /** Median of the rounds' ratios, ours to the limit's, and the smallest and largest of them. */
  readonly ratio: number;
  readonly range: readonly [lowest: number, highest: number];
  /** `<= 2.5` or `>= 0.4`. */
  readonly target: string;
  readonly ok: boolean;
}

export interface Settings {
  /** Fewer rounds and messages: to see that it runs, not to publish. */
  readonly quick: boolean;
  /** Each round measures the limit, then ours. */
  readonly rounds: number;
  /** A folder that is removed afterwards. */
  readonly folder: string;
  /** One case of the gateway's in place of all of them. */
  readonly crowd?: { readonly clients: number; readonly everyMs: number; readonly minutes: number } | undefined;
  /** Tells a person what goes on. */
  readonly progress: (text: string) => void;
  /** Tells what was found and is no row. */
  readonly print: (text: string) => void;
}

export interface Benchmark {
  readonly name: string;
  /** What is compared with what, in one line. */
  readonly about: string;
  /** It looks into one thing, and compares with no target. */
  readonly onlyByName?: true;
  run(settings: Settings): Promise<Row[]>;
}

export interface Target {
  readonly name: string;
  readonly unit: string;
  readonly bound: 'at most' | 'at least';
  readonly ratio: number;
}

/** One row from as many rounds as were run; `ours[i]` and `limits[i]` belong to the same round. */
export function toRow(target: Target, ours: readonly number[], limits: readonly number[]): Row {
  const ratios = ours.map((value, index) => value / (limits[index] ?? NaN));
  const ratio = median(ratios);
  const atMost = target.bound === 'at most';
  return {
    name: target.name,
    value: median(ours),
    limit: median(limits),
    unit: target.unit,
    ratio,
    range: [Math.min(...ratios), Math.max(...ratios)],
    target: `${atMost ? '<=' : '>='} ${target.ratio}`,
    ok: atMost ? ratio <= target.ratio : ratio >= target.ratio,
  };
}

export const median = (values: readonly number[]): number => quantile(values, 0.5);

/** Nearest rank; NaN of nothing. */
export function quantile(values: readonly number[], q: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.max(0, Math.ceil(q * sorted.length) - 1)] ?? NaN;
}
