import { useId } from 'preact/hooks';
import { showPanel } from '../../app/finding.js';
import { useApp } from '../../app/use-app.js';
import { Icon } from '../../components/icon.js';
import type { PanelTab } from '../../state/finding.js';
import { AboutTab } from './about-tab.js';
import { MembersTab } from './members-tab.js';
import { PinsTab } from './pins-tab.js';

interface PanelContentProps {
  readonly conversation: string;
  readonly tab: PanelTab;
}

export function PanelContent({ conversation, tab }: PanelContentProps) {
  const app = useApp();
  const { t } = app;
  const id = useId();
  const tabs: readonly PanelTab[] = conversation.startsWith('#') ? ['members', 'pins', 'about'] : ['pins', 'about'];
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
        {tab === 'about' && <AboutTab conversation={conversation} />}
      </div>
    </>
  );
}
