import { useRef } from 'preact/hooks';
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
  // The next change may be made before the daemon has told of the last one, which would then be undone.
  const chosen = useRef(hours);
  const underWay = useRef(0);
  const set = async (quietHours: QuietHours | null): Promise<void> => {
    chosen.current = quietHours ?? undefined;
    underWay.current += 1;
    await setPreferences(app, { notify: { quietHours } });
    underWay.current -= 1;
  };
  const change = (part: (before: QuietHours) => Partial<QuietHours>): void => {
    const before = underWay.current > 0 ? chosen.current : hours;
    if (before) void set({ ...before, ...part(before), zone: zoneHere() });
  };
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
                  if (/^\d\d:\d\d$/.test(value)) change(() => ({ [end]: value }));
                }}
              />
            </label>
          ))}
          <Days
            hours={hours}
            onSet={(day, on) =>
              change(({ days }) => {
                const others = days.filter((one) => one !== day);
                return { days: on || others.length === 0 ? [...others, day] : others };
              })
            }
          />
        </div>
      )}
    </>
  );
}

/** On which days they begin. The last one stays: no day at all is the switch. */
function Days({ hours: { days }, onSet }: { readonly hours: QuietHours; onSet(day: number, on: boolean): void }) {
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
              onChange={({ currentTarget: { checked } }) => onSet(day, checked)}
            />
            <span aria-hidden="true">{short.format(date)}</span>
          </label>
        );
      })}
    </fieldset>
  );
}
