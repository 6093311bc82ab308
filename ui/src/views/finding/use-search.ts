import { useEffect, useMemo, useRef } from 'preact/hooks';
import { askSearch } from '../../app/finding.js';
import { Latest } from '../../app/latest.js';
import { useApp, useSelector } from '../../app/use-app.js';

/** Keeps the results those of the query; answers how to ask again. What was found before stays when one comes back to it. */
export function useSearch(query: string): () => void {
  const app = useApp();
  const { store } = app;
  const live = useSelector((state) => state.connection.phase === 'live');
  const asker = useMemo(() => new Latest<string>((asked) => askSearch(app, asked)), [app]);
  const fresh = useRef(true);
  useEffect(() => {
    const { search } = store.get().finding;
    const back = fresh.current && search.shown === query && search.phase === 'idle' && !search.stale;
    fresh.current = false;
    if (!back) asker.want(query);
  }, [asker, store, query]);
  const stale = useSelector((state) => state.finding.search.stale === true);
  useEffect(() => {
    const { search } = store.get().finding;
    if (live && (search.phase === 'failed' || stale)) asker.want(search.query);
  }, [asker, store, live, stale]);
  useEffect(() => () => asker.forget(), [asker]);
  return () => asker.want(query);
}

/** The arrows walk from the field through the results and back; Enter is that of a link. */
export function walkResults(event: KeyboardEvent, box: HTMLElement | null): void {
  if (event.defaultPrevented || event.isComposing || event.altKey || event.ctrlKey || event.metaKey) return;
  const steps: Readonly<Record<string, number>> = { ArrowDown: 1, ArrowUp: -1 };
  const step = steps[event.key];
  const field = document.querySelector<HTMLInputElement>('[data-search]');
  const results = [...(box?.querySelectorAll<HTMLElement>('[data-result]') ?? [])];
  const at = results.findIndex((result) => result === document.activeElement);
  const inField = field !== null && document.activeElement === field;
  if (inField && event.key === 'Enter') {
    event.preventDefault();
    results[0]?.click();
    return;
  }
  if (step === undefined || (at < 0 && !inField)) return;
  const target = at < 0 ? (step > 0 ? results[0] : undefined) : at + step < 0 ? field : results[at + step];
  if (!target) return;
  event.preventDefault();
  target.focus();
}
