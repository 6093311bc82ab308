import type { DeviceView } from '../../../../protocol/local-api.js';
import { LAST_SEEN_STEP_MS } from '../../../../protocol/limits.js';
import { useApp } from '../../app/use-app.js';
import { shortDevice } from '../../text/format.js';

/** What a device is called where a few words have to do: two may bear the same name, so the beginning of its id goes with it. */
export function deviceLabel({ name, device }: DeviceView): string {
  return name === undefined ? shortDevice(device) : `${name} (${shortDevice(device)})`;
}

interface DeviceRowProps {
  readonly device: DeviceView;
  /** By the daemon's clock, ms. */
  readonly now: number;
  onRename(): void;
  onRevoke(): void;
}

export function DeviceRow({ device, now, onRename, onRevoke }: DeviceRowProps) {
  const { t } = useApp();
  const { current, revoked } = device;
  const label = deviceLabel(device);
  return (
    <li class={revoked ? 'device device-revoked' : 'device'}>
      <div class="entry-text">
        <span class="device-name">
          <bdi>{device.name ?? t('devices.unnamed')}</bdi>
          {current && <span class="tag">{t('devices.this')}</span>}
          {revoked && <span class="tag tag-danger">{t('devices.revoked')}</span>}
        </span>
        <DeviceAbout device={device} now={now} />
        <code class="device-id">{device.device}</code>
      </div>
      {!revoked && (
        <div class="device-actions">
          <button
            class="button button-small"
            aria-label={t('devices.rename_named', { device: label })}
            onClick={onRename}
          >
            {t('devices.rename')}
          </button>
          {!current && (
            <button
              class="button button-small"
              aria-label={t('devices.revoke_named', { device: label })}
              onClick={onRevoke}
            >
              {t('devices.revoke')}
            </button>
          )}
        </div>
      )}
    </li>
  );
}

/** What it runs on, when it was last used, since when it is there: as far as is known. */
export function DeviceAbout({ device, now }: Pick<DeviceRowProps, 'device' | 'now'>) {
  const { t, formats } = useApp();
  const { current, revoked, created, revokedAt, platform, seen } = device;
  const used = seen === undefined || current || revoked ? undefined : usedText();
  const since =
    revokedAt !== undefined
      ? t('devices.revoked_on', { date: formats.date(revokedAt) })
      : created !== undefined && !revoked
        ? t('devices.since', { date: formats.date(created) })
        : undefined;
  const facts = [platform, used, since].filter((fact) => fact !== undefined);
  if (facts.length === 0) return null;
  return (
    <span class="entry-about device-about">
      {facts.map((fact) => (
        <bdi key={fact}>{fact}</bdi>
      ))}
    </span>
  );

  /** What is said is known in steps alone: a device that is online was seen within the last one. */
  function usedText(): string {
    const isNow = now - Date.parse(seen ?? '') < 2 * LAST_SEEN_STEP_MS;
    return isNow ? t('devices.used_now') : t('devices.used', { ago: formats.ago(seen ?? '', now) });
  }
}
