import { useApp, useSelector } from '../../app/use-app.js';
import { Bar } from '../../components/bar.js';
import { useLasting } from '../../components/hooks.js';
import type { Outgoing } from '../../files/outgoing.js';
import { currentConversation } from '../../state/attention.js';
import { conversationRoute, formatRoute } from '../../state/route.js';
import type { State } from '../../state/model.js';

/** What is there sooner is not worth a line. */
const SHOWN_AFTER_MS = 1_000;

/** Over other views: that files still go to a conversation that was left, or could not. */
export function SendingBar() {
  const { t } = useApp();
  const away = useSelector(firstElsewhere);
  const outgoing = useSelector((state) => state.outgoing);
  const self = useSelector((state) => state.daemon?.me.username);
  const lasting = useLasting(away !== undefined, SHOWN_AFTER_MS);
  if (!lasting || away === undefined || self === undefined) return null;
  const files = outgoing.filter(({ order }) => order?.conversation === away);
  const route = conversationRoute(away, self);
  const place = route.view === 'person' ? route.username : away;
  const failed = files.some(({ phase }) => phase === 'failed');
  const lost = files.some(({ phase }) => phase === 'lost');
  return (
    <Bar
      tone={failed || lost ? 'error' : 'info'}
      rank={failed || lost ? 'error' : 'sending'}
      icon={failed || lost ? 'alert' : 'up'}
      label={t(failed || lost ? 'bars.error' : 'bars.info')}
      actions={
        <a class="button button-small" href={formatRoute(route)}>
          {t('sending.bar_go')}
        </a>
      }
    >
      {failed || lost
        ? t(failed ? 'sending.bar_failed' : 'sending.bar_lost', { place })
        : t('sending.bar', { count: files.length, place, percent: percentOf(files) })}
    </Bar>
  );
}

function firstElsewhere(state: State): string | undefined {
  const here = currentConversation(state);
  return state.outgoing.find(({ order }) => order && order.conversation !== here)?.order?.conversation;
}

function percentOf(files: Outgoing): number {
  const size = files.reduce((sum, file) => sum + file.size, 0);
  return size === 0 ? 100 : Math.floor((files.reduce((sum, file) => sum + file.done, 0) * 100) / size);
}
