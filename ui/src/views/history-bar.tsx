import { useState } from 'preact/hooks';
import { useApp, useDaemon } from '../app/use-app.js';
import { Bar, Dismiss } from '../components/bar.js';
import { useLasting } from '../components/hooks.js';

/** What is there sooner is not worth a line. */
const SHOWN_AFTER_MS = 1_000;

/** How far the messages are that come from the user's other device. Who has put it away sees no more of it. */
export function HistoryBar() {
  const { t, formats } = useApp();
  const history = useDaemon((daemon) => daemon.history);
  const lasting = useLasting(history !== undefined, SHOWN_AFTER_MS);
  const [away, setAway] = useState(false);
  if (!history || !lasting || away) return null;
  const { name, state, held, total } = history;
  const amounts = { held: formats.number(held), total: formats.number(total) };
  return (
    <Bar
      tone="info"
      rank="history"
      icon="laptop"
      label={t('bars.info')}
      actions={<Dismiss onClick={() => setAway(true)} />}
    >
      {name === undefined
        ? t(`devices.history_${state}_unnamed`, amounts)
        : t(`devices.history_${state}`, { ...amounts, device: name })}
      <progress class="file-bar" max={1} value={held / total} aria-label={t('devices.history_label')} />
    </Bar>
  );
}
