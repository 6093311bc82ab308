import type { ComponentChildren } from 'preact';
import { useEffect, useRef } from 'preact/hooks';
import { showPanel } from '../../app/finding.js';
import { useApp, useSelector } from '../../app/use-app.js';
import { useMedia } from '../../components/hooks.js';
import { currentConversation } from '../../state/attention.js';
import { PanelContent } from './panel-content.js';

/** Keep in step with the breakpoint in styles/shell.css. */
const PHONE = '(max-width: 720px)';

/** What belongs to the conversation in view: beside it where there is room, over everything on a phone. */
export function SidePanel() {
  const tab = useSelector((state) => state.finding.panel);
  const conversation = useSelector(currentConversation);
  const known = useSelector((state) => state.daemon?.conversations[conversation ?? ''] !== undefined);
  const phone = useMedia(PHONE);
  if (tab === undefined || conversation === undefined || !known) return null;
  // In a conversation of two there is nobody to list.
  const shown = tab === 'members' && !conversation.startsWith('#') ? 'about' : tab;
  return phone ? (
    <Sheet key={conversation}>
      <PanelContent conversation={conversation} tab={shown} />
    </Sheet>
  ) : (
    <Aside>
      <PanelContent key={conversation} conversation={conversation} tab={shown} />
    </Aside>
  );
}

function Aside({ children }: { children: ComponentChildren }) {
  const app = useApp();
  const ref = useRef<HTMLElement>(null);
  useEffect(() => {
    const opener = document.activeElement;
    ref.current?.querySelector<HTMLElement>('[role="tab"][aria-selected="true"]')?.focus();
    return () => {
      const lost = document.activeElement === document.body || ref.current?.contains(document.activeElement);
      if (lost && opener instanceof HTMLElement && opener.isConnected) opener.focus();
    };
  }, []);
  return (
    <aside
      ref={ref}
      class="side-panel"
      aria-label={app.t('channels.panel')}
      onKeyDown={(event) => {
        if (event.key !== 'Escape' || event.isComposing || event.defaultPrevented) return;
        // Not for the timeline, which would jump to its newest message.
        event.stopPropagation();
        showPanel(app, undefined);
      }}
    >
      {children}
    </aside>
  );
}

/** The browser's own dialog, over the whole phone. It goes with the conversation. */
function Sheet({ children }: { children: ComponentChildren }) {
  const app = useApp();
  const ref = useRef<HTMLDialogElement>(null);
  useEffect(() => {
    const dialog = ref.current;
    dialog?.showModal();
    return () => {
      dialog?.close();
      showPanel(app, undefined);
    };
  }, [app]);
  return (
    <dialog
      ref={ref}
      class="side-panel sheet"
      aria-label={app.t('channels.panel')}
      onClose={() => showPanel(app, undefined)}
    >
      {children}
    </dialog>
  );
}
