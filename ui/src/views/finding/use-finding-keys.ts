import { useEffect } from 'preact/hooks';
import type { App } from '../../app/context.js';
import { openSearch, showOverlay } from '../../app/finding.js';
import { useApp } from '../../app/use-app.js';
import { isMod } from './shortcuts.js';

/** Ctrl/⌘-K, Ctrl/⌘-F and `?`, wherever the focus is. Before all other listeners: `?` is also a letter typed nowhere. */
export function useFindingKeys(): void {
  const app = useApp();
  useEffect(() => {
    const onKey = (event: KeyboardEvent): void => {
      if (event.isComposing || event.defaultPrevented) return;
      const act = actionOf(app, event);
      if (!act) return;
      event.preventDefault();
      event.stopImmediatePropagation();
      act();
    };
    window.addEventListener('keydown', onKey, { capture: true });
    return () => window.removeEventListener('keydown', onKey, { capture: true });
  }, [app]);
}

function actionOf(app: App, event: KeyboardEvent): (() => void) | undefined {
  const { finding, route } = app.store.get();
  const key = event.key.toLowerCase();
  if (key === 'k' && isMod(event))
    return () => showOverlay(app, finding.overlay === 'switcher' ? undefined : 'switcher');
  if (key === 'f' && isMod(event, { shift: true })) return () => searchAll(app);
  // Pressed again, in the search, it is the browser's own: whoever wants to find something on the page still can.
  if (key === 'f' && isMod(event) && route.view !== 'search' && !covered()) return () => openSearch(app, true);
  if (key === '?' && !event.ctrlKey && !event.metaKey && !event.altKey && !covered() && !inField(event.target))
    return () => showOverlay(app, 'shortcuts');
  return undefined;
}

function searchAll(app: App): void {
  if (app.store.get().finding.overlay !== undefined) showOverlay(app, undefined);
  openSearch(app, false);
  // Already there: the field is what was meant.
  document.querySelector<HTMLInputElement>('[data-search]')?.select();
}

/** A dialog or a popover stands over the view. */
function covered(): boolean {
  return document.querySelector('dialog[open], :popover-open') !== null;
}

function inField(target: EventTarget | null): boolean {
  return target instanceof Element && target.closest('input, textarea, select, [contenteditable]') !== null;
}
