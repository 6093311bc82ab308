import { useApp, useSelector } from '../../app/use-app.js';

/** A link to a message was opened, and it is not known yet, or cannot be, where that stands. */
export function TimelineLink() {
  const { t, navigate } = useApp();
  const failure = useSelector((state) => state.openFailure);
  if (failure === undefined) return <p class="empty">{t('timeline.link_opening')}</p>;
  return (
    <div class="empty timeline-link" role="alert">
      <p class="empty-title">{t('timeline.link_failed')}</p>
      <p>{failure}</p>
      <button class="button" onClick={() => (history.length > 1 ? history.back() : navigate('#/', true))}>
        {t('timeline.link_back')}
      </button>
    </div>
  );
}
