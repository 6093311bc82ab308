import { useEffect } from 'preact/hooks';
import { useApp, useSelector } from '../app/use-app.js';
import type { Route } from '../state/route.js';
import { totalUnread } from '../state/unread.js';
import type { Translate } from '../text/translate.js';

/** Unread messages and the place in the page's title. */
export function useTitle(): void {
  const { t } = useApp();
  const route = useSelector((state) => state.route);
  const unread = useSelector((state) => totalUnread(state.daemon?.conversations ?? {}));
  useEffect(() => {
    const place = placeOf(t, route);
    document.title = unread > 0 ? t('app.title_unread', { unread, place }) : t('app.title', { place });
  }, [t, route, unread]);
}

function placeOf(t: Translate, route: Route): string {
  if (route.view === 'channel') return `#${route.channel}`;
  if (route.view === 'person') return route.username;
  if (route.view === 'search') return t('finding.search');
  if (route.view === 'message') return t('timeline.link');
  return route.view === 'home' ? t('sidebar.label') : t(`${route.view}.title`);
}
