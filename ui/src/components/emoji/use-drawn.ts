import type { RefObject } from 'preact';
import { useEffect, useLayoutEffect, useRef, useState } from 'preact/hooks';
import type { Cell } from './grid-step.js';
import type { Section } from './emoji-section.js';

/** How far beyond its edges the list is drawn ahead. */
const AHEAD = '240px';

/** Which sections have their cells drawn: those in view, and near it. Nearly two thousand at once would open slowly. */
export function useDrawn(list: RefObject<HTMLDivElement | null>, sections: readonly Section[]) {
  const [seen, setSeen] = useState<ReadonlySet<string>>(new Set());
  const wanted = useRef<Cell | undefined>(undefined);
  const draw = (names: readonly string[]): void =>
    setSeen((before) => (names.every((name) => before.has(name)) ? before : new Set([...before, ...names])));

  useEffect(() => {
    const { current } = list;
    if (!current) return;
    const observer = new IntersectionObserver(
      (changes) => draw(changes.filter(({ isIntersecting }) => isIntersecting).map(({ target }) => nameOf(target))),
      { root: current, rootMargin: AHEAD },
    );
    for (const section of current.querySelectorAll('[data-section]')) observer.observe(section);
    return () => observer.disconnect();
  }, [list, sections]);

  useLayoutEffect(() => {
    const cell = wanted.current;
    wanted.current = undefined;
    if (cell) focusCell(list.current, cell);
  });

  return {
    isDrawn: (section: Section, at: number): boolean => at === 0 || seen.has(section.name),
    /** Now, or as soon as the cell is drawn. */
    focus(cell: Cell): void {
      if (focusCell(list.current, cell)) return;
      wanted.current = cell;
      draw([sections[cell.section]?.name ?? '']);
    },
  };
}

function nameOf(section: Element): string {
  return section instanceof HTMLElement ? (section.dataset['section'] ?? '') : '';
}

/** Whether it was there. */
export function focusCell(list: HTMLElement | null, { section, index }: Cell): boolean {
  const cell = list?.querySelector<HTMLElement>(`[data-at="${section} ${index}"]`);
  cell?.focus();
  return cell !== null && cell !== undefined;
}
