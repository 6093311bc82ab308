/** Where a key leads in a grid of sections, each of which begins a row of its own. Pure; the columns follow the layout. */

export interface Cell {
  readonly section: number;
  readonly index: number;
}

/** `sizes`: how many cells each section has. Undefined where the key leads nowhere; `out` above the first row. */
export function stepInGrid(
  sizes: readonly number[],
  columns: number,
  at: Cell,
  key: string,
  rtl: boolean,
): Cell | 'out' | undefined {
  switch (key) {
    case 'ArrowRight':
      return along(sizes, at, rtl ? -1 : 1);
    case 'ArrowLeft':
      return along(sizes, at, rtl ? 1 : -1);
    case 'ArrowDown':
      return down(sizes, columns, at);
    case 'ArrowUp':
      return up(sizes, columns, at);
    case 'Home':
      return first(sizes);
    case 'End':
      return last(sizes);
    default:
      return undefined;
  }
}

function along(sizes: readonly number[], { section, index }: Cell, step: 1 | -1): Cell | undefined {
  const next = index + step;
  if (next >= 0 && next < (sizes[section] ?? 0)) return { section, index: next };
  const other = neighbour(sizes, section, step);
  return other === undefined ? undefined : { section: other, index: step === 1 ? 0 : (sizes[other] ?? 1) - 1 };
}

function down(sizes: readonly number[], columns: number, { section, index }: Cell): Cell | undefined {
  const size = sizes[section] ?? 0;
  if (index + columns < size) return { section, index: index + columns };
  // The last row may be short of this column.
  if (rowOf(index, columns) < rowOf(size - 1, columns)) return { section, index: size - 1 };
  const next = neighbour(sizes, section, 1);
  return next === undefined ? undefined : { section: next, index: Math.min(index % columns, (sizes[next] ?? 1) - 1) };
}

function up(sizes: readonly number[], columns: number, { section, index }: Cell): Cell | 'out' {
  if (index >= columns) return { section, index: index - columns };
  const previous = neighbour(sizes, section, -1);
  if (previous === undefined) return 'out';
  const size = sizes[previous] ?? 1;
  return { section: previous, index: Math.min(rowOf(size - 1, columns) * columns + (index % columns), size - 1) };
}

function first(sizes: readonly number[]): Cell | undefined {
  const section = sizes.findIndex((size) => size > 0);
  return section < 0 ? undefined : { section, index: 0 };
}

function last(sizes: readonly number[]): Cell | undefined {
  const section = sizes.findLastIndex((size) => size > 0);
  return section < 0 ? undefined : { section, index: (sizes[section] ?? 1) - 1 };
}

function neighbour(sizes: readonly number[], section: number, step: 1 | -1): number | undefined {
  for (let i = section + step; i >= 0 && i < sizes.length; i += step) if ((sizes[i] ?? 0) > 0) return i;
  return undefined;
}

function rowOf(index: number, columns: number): number {
  return Math.floor(index / columns);
}
