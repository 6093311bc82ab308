import { useState } from 'preact/hooks';
import { useApp } from '../app/use-app.js';
import type { Store } from '../state/store.js';

/**
 * What was unfolded in a window stays so while its row is out of sight and not drawn. Kept beside the store, not in it:
 * nobody else has to know.
 */
const opened = new WeakMap<Store, Set<string>>();

/** `key`: of what is folded; without one it is forgotten with the component. */
export function useFold(key: string | undefined): readonly [open: boolean, set: (open: boolean) => void] {
  const { store } = useApp();
  const known = opened.get(store) ?? new Set<string>();
  opened.set(store, known);
  const [open, setOpen] = useState(() => key !== undefined && known.has(key));
  const set = (next: boolean): void => {
    if (key !== undefined) known[next ? 'add' : 'delete'](key);
    setOpen(next);
  };
  return [open, set];
}
