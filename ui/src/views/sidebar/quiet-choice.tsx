import { setPreferences } from '../../app/people.js';
import { useApp, useDaemon } from '../../app/use-app.js';
import { useNow } from '../../components/hooks.js';
import { Icon } from '../../components/icon.js';
import { isEndless, isQuiet, QUIETS, quietUntil } from '../../state/quiet.js';

/** For how long nothing is notified, or that nothing is, and the way back. */
export function QuietChoice() {
  const app = useApp();
  const { t, formats } = app;
  const preferences = useDaemon((daemon) => daemon.preferences);
  const now = useNow(30_000);
  const until = preferences.quietUntil;
  const title = t('people.quiet');
  if (until !== undefined && isQuiet(preferences, now)) {
    const day = formats.day(until, now);
    const time =
      now < Date.parse(until) && sameDay(until, now) ? formats.time(until) : `${day}, ${formats.time(until)}`;
    return (
      <div class="own-group" role="group" aria-label={title}>
        <p class="own-quiet">
          <Icon name="bellOff" small />
          {isEndless(until) ? t('people.quiet_open') : t('people.quiet_until', { time })}
        </p>
        <button class="button button-small" onClick={() => void setPreferences(app, { quietUntil: null })}>
          {t('people.quiet_end')}
        </button>
      </div>
    );
  }
  return (
    <div class="own-group" role="group" aria-label={title}>
      <p class="own-group-title">{title}</p>
      <div class="own-quiets">
        {QUIETS.map((quiet) => (
          <button
            key={quiet}
            class="button button-small"
            onClick={() => void setPreferences(app, { quietUntil: quietUntil(quiet, now) })}
          >
            {t(`people.quiet_${quiet}`)}
          </button>
        ))}
      </div>
    </div>
  );
}

function sameDay(iso: string, now: number): boolean {
  return new Date(iso).toDateString() === new Date(now).toDateString();
}
