import type { QuietHours } from '../../../../protocol/local-api.js';
import { setPreferences } from '../../app/people.js';
import { useApp } from '../../app/use-app.js';
import { Toggle } from '../settings/toggle.js';

const EVERY_DAY = [0, 1, 2, 3, 4, 5, 6];

/** Where this browser is: the peer may run elsewhere. */
function zoneHere(): string {
  return Intl.DateTimeFormat().resolvedOptions().timeZone;
}

/** Each week, the hours in which nothing is told. Each change is kept at once. */
export function QuietHoursField({ hours }: { readonly hours: QuietHours | undefined }) {
  const app = useApp();
  const { t } = app;
  const set = (quietHours: QuietHours | null): Promise<void> => setPreferences(app, { notify: { quietHours } });
  return (
    <>
      <Toggle
        label={t('notifications.quiet')}
        hint={
          hours
            ? t('notifications.quiet_zone', { zone: hours.zone.replaceAll('_', ' ') })
            : t('notifications.quiet_hint')
        }
        on={hours !== undefined}
        onSet={(on) => set(on ? { from: '22:00', to: '07:00', days: EVERY_DAY, zone: zoneHere() } : null)}
      />
      {hours && (
        <div class="quiet-hours" role="group" aria-label={t('notifications.quiet')}>
          {(['from', 'to'] as const).map((end) => (
            <label key={end} class="quiet-time">
              {t(`notifications.quiet_${end}`)}
              <input
                type="time"
                class="input"
                required
                value={hours[end]}
                onChange={({ currentTarget: { value } }) => {
                  if (/^\d\d:\d\d$/.test(value)) void set({ ...hours, [end]: value, zone: zoneHere() });
                }}
              />
            </label>
          ))}
          <Days hours={hours} onSet={(days) => void set({ ...hours, days, zone: zoneHere() })} />
        </div>
      )}
    </>
  );
}

/** On which days they begin. The last one stays: no day at all is the switch. */
function Days({ hours: { days }, onSet }: { readonly hours: QuietHours; onSet(days: number[]): void }) {
  const { t } = useApp();
  const short = new Intl.DateTimeFormat(t.language, { weekday: 'short', timeZone: 'UTC' });
  const long = new Intl.DateTimeFormat(t.language, { weekday: 'long', timeZone: 'UTC' });
  return (
    <fieldset class="quiet-days">
      <legend class="visually-hidden">{t('notifications.quiet_days')}</legend>
      {EVERY_DAY.map((day) => {
        // 1970-01-04 was a Sunday.
        const date = Date.UTC(1970, 0, 4 + day);
        return (
          <label key={day} class="quiet-day" title={long.format(date)}>
            <input
              type="checkbox"
              checked={days.includes(day)}
              disabled={days.length === 1 && days.includes(day)}
              aria-label={long.format(date)}
              onChange={({ currentTarget: { checked } }) =>
                onSet(checked ? [...days, day] : days.filter((one) => one !== day))
              }
            />
            <span aria-hidden="true">{short.format(date)}</span>
          </label>
        );
      })}
    </fieldset>
  );
}
