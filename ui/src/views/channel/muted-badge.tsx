import { useApp, useDaemon } from '../../app/use-app.js';
import { Icon } from '../../components/icon.js';

/** Behind the name of a conversation that is not heard of. */
export function MutedBadge({ conversation }: { conversation: string }) {
  const { t } = useApp();
  const muted = useDaemon((daemon) => daemon.conversations[conversation]?.notify === 'none');
  if (!muted) return null;
  return (
    <span class="muted-badge" title={t('channels.muted')}>
      <Icon name="bellOff" small />
      <span class="visually-hidden">{t('channels.muted')}</span>
    </span>
  );
}
