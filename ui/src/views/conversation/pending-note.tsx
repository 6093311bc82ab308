import { useApp, useDaemon, useSelector } from '../../app/use-app.js';
import { isPending } from '../../state/delivery.js';
import { emptyTimeline } from '../../state/model.js';
import { directName } from '../../state/route.js';
import { personOf } from '../../state/sidebar.js';
import type { PersonView } from '../../../../protocol/local-api.js';
import type { Translate } from '../../text/translate.js';

/** In a direct conversation: why the newest own message has not arrived, and what has to happen. */
export function PendingNote({ conversation }: { conversation: string }) {
  const { t } = useApp();
  const daemon = useDaemon((known) => known);
  const { entries } = useSelector((state) => state.timelines[conversation] ?? emptyTimeline);
  const person = personOf(daemon, directName(conversation, daemon.me.username));
  const pending = person.link !== 'self' && isPending(entries, daemon.conversations[conversation]?.receipts, daemon.me);
  return (
    <div class="pending-note" role="status">
      {pending && (
        <p>
          <strong>{t('pending.intro')}</strong> {person.reason ?? reasonOf(t, person)}
        </p>
      )}
    </div>
  );
}

function reasonOf(t: Translate, person: PersonView): string {
  const { username } = person;
  if (person.link === 'linked') return t('pending.linked', { username });
  return person.presence === 'offline' ? t('pending.offline', { username }) : t('pending.connecting', { username });
}
