import { useState } from 'preact/hooks';
import { useApp, useDaemon } from '../../app/use-app.js';
import { channelTitle } from '../../state/sidebar.js';
import { LeaveDialog } from './channel-dialogs.js';

interface ClosedChannelProps {
  readonly name: string;
  readonly state: 'archived' | 'deleted';
}

/** In place of the composer: nobody writes in this channel, and why. */
export function ClosedChannel({ name, state }: ClosedChannelProps) {
  const { t } = useApp();
  const [asking, setAsking] = useState(false);
  const title = useDaemon((daemon) => channelTitle(daemon, name));
  return (
    <div class="closed-channel">
      <p role="status">{t(`channels.${state}_note`, { name: title })}</p>
      {state === 'deleted' && (
        <button class="button button-small" aria-haspopup="dialog" onClick={() => setAsking(true)}>
          {t('channels.deleted_drop')}
        </button>
      )}
      {asking && <LeaveDialog name={name} onClose={() => setAsking(false)} />}
    </div>
  );
}
