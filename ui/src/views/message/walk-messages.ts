import { useEffect } from 'preact/hooks';

/**
 * With the focus in a timeline, the arrows go from message to message: into the rows from the timeline itself, and below
 * the last one into the composer. Page keys, Home and End scroll as everywhere.
 */
export function useMessageWalk(): void {
  useEffect(() => {
    const onKey = (event: KeyboardEvent): void => {
      const step = event.key === 'ArrowUp' ? -1 : event.key === 'ArrowDown' ? 1 : 0;
      if (event.altKey || event.ctrlKey || event.metaKey || event.shiftKey || event.defaultPrevented) return;
      if (!(event.target instanceof HTMLElement)) return;
      if (event.key === 'Escape' && event.target.matches('[data-message]')) focusComposer();
      if (step !== 0 && walk(event.target, step)) event.preventDefault();
    };
    window.addEventListener('keydown', onKey);
    return () => window.removeEventListener('keydown', onKey);
  }, []);
}

function walk(from: HTMLElement, step: 1 | -1): boolean {
  const box = from.closest<HTMLElement>('[data-timeline]');
  const within = from === box;
  if (!box || !(within || from.matches('[data-message]'))) return false;
  const rows = [...box.querySelectorAll<HTMLElement>('[data-message]')];
  const next = within ? rows[entrance(box, rows, step)] : rows[rows.indexOf(from) + step];
  if (next) {
    next.focus({ preventScroll: true });
    next.scrollIntoView({ block: 'nearest' });
  } else if (step > 0) {
    // Of one that is higher than the timeline the end was not seen yet.
    if (!within) from.scrollIntoView({ block: 'end' });
    focusComposer();
  }
  return true;
}

/** Upwards one enters at the lowest row in sight, downwards at the highest. */
function entrance(box: HTMLElement, rows: readonly HTMLElement[], step: 1 | -1): number {
  const { top, bottom } = box.getBoundingClientRect();
  const inSight = (row: HTMLElement): boolean => {
    const at = row.getBoundingClientRect();
    return at.bottom <= bottom + 1 && at.top >= top - 1;
  };
  const found = step < 0 ? rows.findLastIndex(inSight) : rows.findIndex(inSight);
  return found < 0 ? rows.length - 1 : found;
}

function focusComposer(): void {
  document.querySelector<HTMLElement>('[data-composer]')?.focus();
}
