import type { ComponentChildren } from 'preact';
import { openSearch, showPanel } from '../../app/finding.js';
import { useApp, useSelector } from '../../app/use-app.js';
import type { PanelTab } from '../../state/finding.js';
import { NotifyRules, useNotifyRule } from '../notifications/notify-rules.js';
import { Menu, type MenuItem } from './menu.js';
import { usePins } from './pins-tab.js';
import { Icon, type IconName } from '../../components/icon.js';

interface HeaderActionsProps {
  readonly conversation: string;
  /** How many, of a channel. */
  readonly members?: number | undefined;
  /** What this kind of conversation offers besides. */
  readonly items: readonly MenuItem[];
}

/**
 * Search, the details, and a menu of all else; between them how many messages are pinned, where some are. On a phone the details stand
 * in the menu as well.
 */
export function HeaderActions({ conversation, members, items }: HeaderActionsProps) {
  const app = useApp();
  const { t, formats } = app;
  const panel = useSelector((state) => state.finding.panel);
  const pins = usePins(conversation).entries?.length ?? 0;
  const { rule, silent } = useNotifyRule(conversation);
  const show = (tab: PanelTab) => (): void => showPanel(app, tab);
  const toggle = (tab: PanelTab) => (): void => showPanel(app, panel === tab ? undefined : tab);
  const pinsLabel = pins > 0 ? t('channels.pins_count', { count: pins }) : t('channels.pins');
  const inPanel: readonly MenuItem[] = [
    ...(members === undefined
      ? []
      : [{ icon: 'members' as const, label: t('channels.members'), onChoose: show('members') }]),
    { icon: 'pin', label: pinsLabel, onChoose: show('pins') },
    { icon: 'file', label: t('channels.files'), onChoose: show('files') },
    {
      icon: silent ? 'bellOff' : 'bell',
      label: t('notifications.menu', { rule: t(`notifications.menu_${rule}`) }),
      content: <NotifyRules conversation={conversation} />,
    },
  ];
  return (
    <>
      <HeaderButton icon="search" label={t('channels.search_here')} onClick={() => openSearch(app, true)} />
      {pins > 0 && (
        <HeaderButton wide icon="pin" label={pinsLabel} expanded={panel === 'pins'} onClick={toggle('pins')}>
          {formats.number(pins)}
        </HeaderButton>
      )}
      {members === undefined ? (
        <HeaderButton
          wide
          icon="info"
          label={t('channels.panel')}
          expanded={panel === 'about'}
          onClick={toggle('about')}
        />
      ) : (
        <HeaderButton
          wide
          icon="members"
          label={t('channels.members_show', { count: members })}
          expanded={panel === 'members'}
          onClick={toggle('members')}
        >
          {formats.number(members)}
        </HeaderButton>
      )}
      <Menu label={t('channels.menu')} items={[...inPanel, ...items]} />
    </>
  );
}

interface HeaderButtonProps {
  readonly icon: IconName;
  readonly label: string;
  /** Of a button that opens something beside. */
  readonly expanded?: boolean;
  /** On a phone there is no room for it: what it does stands in the menu. */
  readonly wide?: boolean;
  readonly children?: ComponentChildren;
  onClick(): void;
}

export function HeaderButton({ icon, label, expanded, wide = false, children, onClick }: HeaderButtonProps) {
  return (
    <button
      class={`icon-button header-button${wide ? ' header-wide' : ''}${children === undefined ? '' : ' header-counted'}`}
      aria-label={label}
      aria-expanded={expanded}
      title={label}
      onClick={onClick}
    >
      <Icon name={icon} />
      {children !== undefined && <span aria-hidden="true">{children}</span>}
    </button>
  );
}
