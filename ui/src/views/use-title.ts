import { useEffect } from 'preact/hooks';
import { useApp, useSelector } from '../app/use-app.js';
import { attentionOf } from '../state/notify.js';
import type { Attention } from '../state/notify.js';
import type { Route } from '../state/route.js';
import type { Translate } from '../text/translate.js';

const icons = { none: './favicon.svg', unread: './favicon-unread.svg', mention: './favicon-mention.svg' } as const;

/** What waits for the person and the place in the page's title; that something waits, in its icon. */
export function useTitle(): void {
  const { t } = useApp();
  const route = useSelector((state) => state.route);
  const count = useSelector((state) => attentionOf(state.daemon).count);
  const level = useSelector((state) => attentionOf(state.daemon).level);
  useEffect(() => {
    const place = placeOf(t, route);
    document.title = count > 0 ? t('app.title_unread', { unread: count, place }) : t('app.title', { place });
  }, [t, route, count]);
  useEffect(() => {
    showIcon(level);
    // Signed out, nothing waits.
    return () => showIcon('none');
  }, [level]);
}

/** Files, since the content policy would refuse a drawing in an address on some browsers. */
function showIcon(level: Attention['level']): void {
  document.querySelector<HTMLLinkElement>('link[rel="icon"]')?.setAttribute('href', icons[level]);
}

function placeOf(t: Translate, route: Route): string {
  if (route.view === 'channel') return `#${route.channel}`;
  if (route.view === 'person') return route.username;
  if (route.view === 'search') return t('finding.search');
  if (route.view === 'message') return t('timeline.link');
  return route.view === 'home' ? t('sidebar.label') : t(`${route.view}.title`);
}
