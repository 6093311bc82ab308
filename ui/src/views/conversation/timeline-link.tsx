import { useApp, useSelector } from '../../app/use-app.js';

/** A link to a message was opened, and it is not known yet, or cannot be, where that stands. */
export function TimelineLink() {
  const { t } = useApp();
  const failure = useSelector((state) => state.openFailure);
  if (failure === undefined) return <p class="empty">{t('timeline.link_opening')}</p>;
  return (
    <div class="empty" role="alert">
      <p class="empty-title">{t('timeline.link_failed')}</p>
      <p>{failure}</p>
      <button class="button" onClick={() => history.back()}>
        {t('timeline.link_back')}
      </button>
    </div>
  );
}
