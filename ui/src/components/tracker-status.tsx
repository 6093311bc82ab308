import type { TrackerView } from '../../../protocol/local-api.js';
import { daemonText } from '../app/daemon-texts.js';
import { useApp } from '../app/use-app.js';
import { Icon } from './icon.js';
import type { IconName } from './icon.js';
import { useDaemonAway } from './daemon-away.js';
import type { Translate } from '../text/translate.js';

const icons: Readonly<Record<TrackerView['state'], IconName>> = {
  connected: 'connected',
  connecting: 'clock',
  unreachable: 'unplugged',
  signed_out: 'key',
  mistrusted: 'alert',
  refused: 'alert',
};

const hints = {
  connected: 'tracker.connected',
  connecting: 'tracker.connecting_hint',
  unreachable: 'tracker.unreachable_hint',
  signed_out: 'tracker.signed_out_hint',
  mistrusted: 'tracker.mistrusted_hint',
} as const;

/** How the tracker stands, in a word or two. */
export function trackerName(t: Translate, { state, code }: TrackerView): string {
  return state === 'refused' ? t(`tracker.${code ?? 'account_disabled'}`) : t(`tracker.${state}`);
}

interface TrackerStatusProps {
  readonly tracker: TrackerView;
  /** One line while all is well; and of what is not, what it means for those who chat, not how to run a tracker. */
  readonly brief?: boolean;
}

/** How the tracker stands, why, and what to do next. */
export function TrackerStatus({ tracker, brief = false }: TrackerStatusProps) {
  const { t } = useApp();
  const { state } = tracker;
  const well = state === 'connected';
  const detail = well ? tracker.url : why(t, tracker, brief);
  return (
    <div class={`tracker tracker-${state}`} title={brief ? tracker.reason : undefined}>
      <Icon name={icons[state]} />
      <div class="tracker-text">
        <strong class="tracker-state">{trackerName(t, tracker)}</strong>
        {!(brief && well) && (
          <span class="tracker-detail" dir="auto">
            {detail}
          </span>
        )}
      </div>
    </div>
  );
}

/** While all is well: a mark beside oneself, which leads to where its address is. */
export function TrackerWell({ tracker }: { tracker: TrackerView }) {
  const { t } = useApp();
  return (
    <a
      class="icon-button tracker-well"
      href="#/settings/connection"
      title={`${trackerName(t, tracker)}: ${tracker.url}`}
    >
      <Icon name={icons[tracker.state]} small />
      <span class="visually-hidden">{trackerName(t, tracker)}</span>
    </a>
  );
}

function why(t: Translate, { state, code, reason }: TrackerView, brief: boolean): string {
  if (state === 'refused') return daemonText(t, reason, `daemon.${code ?? 'account_disabled'}`);
  return brief && state === 'unreachable' ? t('tracker.unreachable_brief') : daemonText(t, reason, hints[state]);
}

/** In place of all that the daemon told, while it is away. */
export function DaemonAway() {
  const { t } = useApp();
  return (
    <div class="tracker tracker-unreachable">
      <Icon name="unplugged" />
      <div class="tracker-text">
        <strong class="tracker-state">{t('connection.away')}</strong>
        <span class="tracker-detail">{t('connection.away_hint')}</span>
      </div>
    </div>
  );
}

/** The same as one icon, for headers where the list with the whole status is out of sight; nothing while all is well. */
export function TrackerDot({ tracker }: { tracker: TrackerView }) {
  const { t } = useApp();
  const away = useDaemonAway();
  const { state } = tracker;
  if (state === 'connected' && !away) return null;
  const label = away
    ? `${t('connection.away')}: ${t('connection.away_hint')}`
    : `${trackerName(t, tracker)}: ${why(t, tracker, false)}`;
  return (
    <a
      class={`icon-button tracker-dot tracker-${away ? 'unreachable' : state}`}
      href="#/settings/connection"
      aria-label={label}
      title={label}
    >
      <Icon name={away ? 'unplugged' : icons[state]} />
    </a>
  );
}
