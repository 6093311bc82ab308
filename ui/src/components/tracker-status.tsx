import type { TrackerView } from '../../../protocol/local-api.js';
import { daemonText } from '../app/daemon-texts.js';
import { useApp } from '../app/use-app.js';
import { Icon } from './icon.js';
import type { IconName } from './icon.js';

const icons: Readonly<Record<TrackerView['state'], IconName>> = {
  connected: 'connected',
  connecting: 'clock',
  unreachable: 'unplugged',
  signed_out: 'key',
  mistrusted: 'alert',
};

/** How the tracker stands, why, and what to do next. */
export function TrackerStatus({ tracker }: { tracker: TrackerView }) {
  const { t } = useApp();
  const { state } = tracker;
  return (
    <div class={`tracker tracker-${state}`}>
      <Icon name={icons[state]} />
      <div class="tracker-text">
        <strong class="tracker-state">{t(`tracker.${state}`)}</strong>
        <span class="tracker-detail" dir="auto">
          {state === 'connected' ? tracker.url : daemonText(t, tracker.reason, `tracker.${state}_hint`)}
        </span>
      </div>
    </div>
  );
}

/** The same as one icon, for headers where the list with the whole status is out of sight. */
export function TrackerDot({ tracker }: { tracker: TrackerView }) {
  const { t } = useApp();
  const { state } = tracker;
  const words = t(`tracker.${state}`);
  const label = state === 'connected' ? words : `${words}: ${daemonText(t, tracker.reason, `tracker.${state}_hint`)}`;
  return (
    <a class={`icon-button tracker-dot tracker-${state}`} href="#/settings/connection" aria-label={label} title={label}>
      <Icon name={icons[state]} />
    </a>
  );
}
