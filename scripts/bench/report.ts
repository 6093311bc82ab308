import type { Row } from './benchmark.js';

const HEAD = ['what', 'Parley', 'limit', 'ratio', 'range', 'target', ''];

/** A table for people, as wide as it has to be. */
export function table(rows: readonly Row[]): string {
  return aligned([HEAD, ...rows.map(cells)]);
}

/** The first column to the left, all others to the right, under the first line. */
export function aligned(lines: readonly (readonly string[])[]): string {
  const widths = (lines[0] ?? []).map((_, column) => Math.max(...lines.map((line) => (line[column] ?? '').length)));
  return lines
    .map((line) =>
      line.map((text, column) => (column === 0 ? text.padEnd(widths[0] ?? 0) : text.padStart(widths[column] ?? 0))),
    )
    .map((line) => line.join('  ').trimEnd())
    .join('\n');
}

function cells({ name, value, limit, unit, ratio, range, target, ok }: Row): string[] {
  const number = (amount: number): string =>
    amount.toLocaleString('en', { maximumFractionDigits: amount < 100 ? 1 : 0 });
  const [lowest, highest] = range;
  return [
    name,
    `${number(value)} ${unit}`,
    `${number(limit)} ${unit}`,
    ratio.toFixed(2),
    `${lowest.toFixed(2)}–${highest.toFixed(2)}`,
    target,
    ok ? 'ok' : 'MISSED',
  ];
}
