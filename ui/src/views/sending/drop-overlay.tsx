import { useEffect, useRef, useState } from 'preact/hooks';
import { addFiles } from '../../app/files.js';
import type { App } from '../../app/context.js';
import { useApp, useSelector } from '../../app/use-app.js';
import { Icon } from '../../components/icon.js';
import { filesOf, foldersOf, holdsFiles, pastedFiles } from '../../files/transfer.js';
import { currentConversation } from '../../state/attention.js';
import { conversationRoute } from '../../state/route.js';
import { closedState, conversationTitle } from '../../state/sidebar.js';
import type { State } from '../../state/model.js';

/** Files that are dropped or pasted anywhere in the window go into the tray of the conversation that is open. */
export function DropOverlay() {
  const app = useApp();
  const { t } = app;
  const over = useDrops(app);
  const place = useSelector(openPlace);
  if (!over) return null;
  return (
    <div class="drop-overlay" aria-hidden="true">
      <div class="drop-card">
        <Icon name={place === undefined ? 'info' : 'attach'} />
        <p class="drop-title">{place === undefined ? t('sending.drop_nowhere') : t('sending.drop', { place })}</p>
        {place !== undefined && <p class="drop-hint">{t('sending.drop_hint')}</p>}
      </div>
    </div>
  );
}

/** The conversation that files would go to: one that is open, and can be written in. */
function openConversation(state: State): string | undefined {
  const conversation = currentConversation(state);
  const { daemon } = state;
  if (conversation === undefined || !daemon?.conversations[conversation]) return undefined;
  return closedState(daemon, conversation) === undefined ? conversation : undefined;
}

function openPlace(state: State): string | undefined {
  const conversation = openConversation(state);
  if (conversation === undefined || !state.daemon) return undefined;
  const route = conversationRoute(conversation, state.daemon.me.username);
  return route.view === 'person' ? route.username : conversationTitle(state.daemon, conversation);
}

/** Whether files are held over the window now. */
function useDrops(app: App): boolean {
  const [over, setOver] = useState(false);
  // Entering a part of the page is told before leaving the one around it.
  const depth = useRef(0);
  useEffect(() => {
    // What is dragged within the page, as a card of the tray, can look like a file to the browser.
    let own = false;
    const leave = (): void => {
      depth.current = 0;
      setOver(false);
    };
    const listeners: { readonly [Name in keyof WindowEventMap]?: (event: WindowEventMap[Name]) => void } = {
      dragstart: () => void (own = true),
      dragend: () => void (own = false),
      dragenter({ dataTransfer }) {
        if (own || !holdsFiles(dataTransfer)) return;
        depth.current++;
        setOver(true);
      },
      dragleave({ dataTransfer }) {
        if (own || !holdsFiles(dataTransfer)) return;
        if (--depth.current <= 0) leave();
      },
      dragover(event) {
        if (own || !holdsFiles(event.dataTransfer)) return;
        event.preventDefault();
        if (event.dataTransfer) event.dataTransfer.dropEffect = canTake(app) ? 'copy' : 'none';
      },
      drop(event) {
        if (own || !holdsFiles(event.dataTransfer)) return;
        // Also where nothing is taken: the browser would open the file in place of this page.
        event.preventDefault();
        leave();
        if (event.dataTransfer) take(app, filesOf(event.dataTransfer), foldersOf(event.dataTransfer));
      },
      paste(event) {
        const elsewhere =
          event.target instanceof Element && event.target.closest('input, textarea:not([data-composer])');
        const files = elsewhere || !event.clipboardData ? [] : pastedFiles(event.clipboardData, app.now());
        if (files.length === 0 || isCovered()) return;
        event.preventDefault();
        // While files are dragged the overlay says it; pasting shows nothing else.
        if (!canTake(app)) app.store.dispatch({ type: 'alert', id: app.newId(), text: app.t('sending.drop_nowhere') });
        take(app, files, []);
      },
    };
    const all = Object.entries(listeners) as [string, EventListener][];
    for (const [name, listener] of all) window.addEventListener(name, listener);
    return () => {
      for (const [name, listener] of all) window.removeEventListener(name, listener);
    };
  }, [app]);
  return over;
}

/** By a dialog: what is added behind it would not be seen. */
const isCovered = (): boolean => document.querySelector('dialog[open]') !== null;

function canTake({ store }: App): boolean {
  return openConversation(store.get()) !== undefined && !isCovered();
}

function take(app: App, files: readonly File[], folders: readonly string[]): void {
  const conversation = openConversation(app.store.get());
  if (conversation === undefined || !canTake(app)) return;
  for (const name of folders) {
    app.store.dispatch({ type: 'alert', id: app.newId(), text: app.t('sending.folder', { name }) });
  }
  addFiles(app, conversation, files);
  document.querySelector<HTMLElement>('[data-composer]')?.focus();
}
