import { useEffect } from 'preact/hooks';
import { useApp, useSelector } from '../app/use-app.js';
import { currentConversation } from '../state/attention.js';
import type { State } from '../state/model.js';
import { attentionOf } from '../state/notify.js';
import type { Attention } from '../state/notify.js';
import { channelTitle } from '../state/sidebar.js';
import type { Translate } from '../text/translate.js';

const icons = { none: './favicon.svg', unread: './favicon-unread.svg', mention: './favicon-mention.svg' } as const;

/**
 * What waits for the person and the place in the page's title; that something waits, in its icon. It draws nothing, and stands by
 * itself since it changes with each message: what is around it does not.
 */
export function PageTitle() {
  const { t } = useApp();
  const place = useSelector((state) => placeOf(t, state));
  const count = useSelector((state) => attentionOf(state.daemon).count);
  const level = useSelector((state) => attentionOf(state.daemon).level);
  useEffect(() => {
    document.title = count > 0 ? t('app.title_unread', { unread: count, place }) : t('app.title', { place });
  }, [t, place, count]);
  useEffect(() => {
    showIcon(level);
    // Signed out, nothing waits.
    return () => showIcon('none');
  }, [level]);
  return null;
}

/** Files, since the content policy would refuse a drawing in an address on some browsers. */
function showIcon(level: Attention['level']): void {
  document.querySelector<HTMLLinkElement>('link[rel="icon"]')?.setAttribute('href', icons[level]);
}

function placeOf(t: Translate, { route, daemon }: Pick<State, 'route' | 'daemon'>): string {
  if (route.view === 'channel') {
    const name = currentConversation({ route, daemon })?.slice(1);
    return `#${daemon && name !== undefined ? channelTitle(daemon, name) : route.channel}`;
  }
  if (route.view === 'person') return route.username;
  if (route.view === 'search') return t('finding.search');
  if (route.view === 'message') return t('timeline.link');
  return route.view === 'home' ? t('sidebar.label') : t(`${route.view}.title`);
}
