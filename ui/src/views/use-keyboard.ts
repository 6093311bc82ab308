import { useEffect } from 'preact/hooks';
import { useApp } from '../app/use-app.js';
import type { State } from '../state/model.js';
import { conversationRoute, formatRoute } from '../state/route.js';
import { currentConversation } from '../state/attention.js';
import { directItems, friendItems, joinedChannels } from '../state/sidebar.js';

/** Alt with the arrows walks through the conversations in the order of the list, with Shift through the unread ones; letters typed anywhere go into the composer. */
export function useKeyboard(): void {
  const { store, navigate } = useApp();
  useEffect(() => {
    const onKey = (event: KeyboardEvent): void => {
      if (isStrayLetter(event)) document.querySelector<HTMLElement>('[data-composer]')?.focus();
      if (!event.altKey || event.ctrlKey || event.metaKey) return;
      if (event.key !== 'ArrowDown' && event.key !== 'ArrowUp') return;
      const hash = neighbour(store.get(), event.key === 'ArrowDown' ? 1 : -1, event.shiftKey);
      if (hash === undefined) return;
      event.preventDefault();
      navigate(hash);
    };
    window.addEventListener('keydown', onKey);
    return () => window.removeEventListener('keydown', onKey);
  }, [store, navigate]);
}

/** A character typed where nothing takes characters. The space is left out: it scrolls and presses buttons. */
function isStrayLetter({ key, ctrlKey, metaKey, altKey, isComposing, target }: KeyboardEvent): boolean {
  if (!/^\S$/u.test(key) || ctrlKey || metaKey || altKey || isComposing) return false;
  return target instanceof Element && !target.closest('input, textarea, select, dialog, [contenteditable]');
}

function neighbour(state: State, step: 1 | -1, unread: boolean): string | undefined {
  const { daemon } = state;
  if (!daemon) return undefined;
  const ids = [...joinedChannels(daemon), ...friendItems(daemon), ...directItems(daemon)].flatMap(
    ({ conversation }) => conversation ?? [],
  );
  const at = ids.indexOf(currentConversation(state) ?? '');
  // From the one in view on, all of them once, around the end of the list; from nowhere, from its beginning.
  const ring = at < 0 ? ids : ids.map((_, i) => ids[(at + step * (i + 1) + ids.length * 2) % ids.length] ?? '');
  const next = ring.find((id) => !unread || (daemon.conversations[id]?.unread ?? 0) > 0);
  return next === undefined ? undefined : formatRoute(conversationRoute(next, daemon.me.username));
}
