import type { ComponentChildren } from 'preact';
import { useEffect, useRef, useId } from 'preact/hooks';
import { showPanel } from '../../app/finding.js';
import { useApp, useDaemon, useSelector } from '../../app/use-app.js';
import { useMedia } from '../../components/hooks.js';
import { currentConversation } from '../../state/attention.js';
import { closedState } from '../../state/sidebar.js';
import { Icon } from '../../components/icon.js';
import type { PanelTab } from '../../state/finding.js';
import { FilesTab } from '../files/files-tab.js';
import { AboutTab } from './about-tab.js';
import { MembersTab } from './members-tab.js';
import { PinsTab } from './pins-tab.js';

/** Keep in step with the breakpoint in styles/shell.css. */
const PHONE = '(max-width: 720px)';

/** What belongs to the conversation in view: beside it where there is room, over everything on a phone. */
export function SidePanel() {
  const tab = useSelector((state) => state.finding.panel);
  const conversation = useSelector(currentConversation);
  const known = useSelector((state) => state.daemon?.conversations[conversation ?? ''] !== undefined);
  const tabs = useTabs(conversation ?? '');
  const phone = useMedia(PHONE);
  if (tab === undefined || conversation === undefined || !known) return null;
  const shown = tabs.includes(tab) ? tab : 'about';
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

const ALL_TABS: readonly PanelTab[] = ['members', 'pins', 'files', 'about'];
const TABS = ALL_TABS.filter((tab) => tab !== 'members');

/** In a conversation of two there is nobody to list, nor in a channel that is deleted. */
function useTabs(conversation: string): readonly PanelTab[] {
  const isDeleted = useDaemon((daemon) => closedState(daemon, conversation) === 'deleted');
  return conversation.startsWith('#') && !isDeleted ? ALL_TABS : TABS;
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

interface PanelContentProps {
  readonly conversation: string;
  readonly tab: PanelTab;
}

export function PanelContent({ conversation, tab }: PanelContentProps) {
  const app = useApp();
  const { t } = app;
  const id = useId();
  const tabs = useTabs(conversation);
  const onKeyDown = (event: KeyboardEvent): void => {
    const forward = document.documentElement.dir === 'rtl' ? 'ArrowLeft' : 'ArrowRight';
    const back = forward === 'ArrowLeft' ? 'ArrowRight' : 'ArrowLeft';
    const at = tabs.indexOf(tab);
    const steps: Readonly<Record<string, number>> = { [forward]: at + 1, [back]: at - 1, Home: 0, End: -1 };
    const to = steps[event.key];
    const next = to === undefined ? undefined : tabs.at(to % tabs.length);
    if (next === undefined) return;
    event.preventDefault();
    showPanel(app, next);
    document.getElementById(`${id}-${next}`)?.focus();
  };
  return (
    <>
      <div class="panel-head">
        <div class="panel-tabs" role="tablist" aria-label={t('channels.panel')} onKeyDown={onKeyDown}>
          {tabs.map((each) => (
            <button
              key={each}
              id={`${id}-${each}`}
              class="panel-tab"
              role="tab"
              aria-selected={each === tab}
              aria-controls={`${id}-content`}
              tabIndex={each === tab ? 0 : -1}
              onClick={() => showPanel(app, each)}
            >
              {t(`channels.${each}`)}
            </button>
          ))}
        </div>
        <button
          class="icon-button"
          aria-label={t('channels.panel_close')}
          title={t('channels.panel_close')}
          onClick={() => showPanel(app, undefined)}
        >
          <Icon name="close" />
        </button>
      </div>
      <div id={`${id}-content`} class="panel-body" role="tabpanel" aria-labelledby={`${id}-${tab}`}>
        {tab === 'members' && <MembersTab conversation={conversation} />}
        {tab === 'pins' && <PinsTab conversation={conversation} />}
        {tab === 'files' && <FilesTab key={conversation} conversation={conversation} />}
        {tab === 'about' && <AboutTab conversation={conversation} />}
      </div>
    </>
  );
}
