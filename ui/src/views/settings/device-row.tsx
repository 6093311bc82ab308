import type { DeviceView } from '../../../../protocol/local-api.js';
import { useApp } from '../../app/use-app.js';
import { shortDevice } from '../../text/safety-number.js';

interface DeviceRowProps {
  readonly device: DeviceView;
  onRevoke(): void;
}

export function DeviceRow({ device: { device, current, revoked, created, revokedAt }, onRevoke }: DeviceRowProps) {
  const { t, formats } = useApp();
  const since = created === undefined ? undefined : t('devices.since', { date: formats.date(created) });
  const until = revokedAt === undefined ? since : t('devices.revoked_on', { date: formats.date(revokedAt) });
  return (
    <li class={revoked ? 'device device-revoked' : 'device'}>
      <div class="entry-text">
        <span class="device-name">
          <code>{device}</code>
          {current && <span class="tag">{t('devices.this')}</span>}
          {revoked && <span class="tag tag-danger">{t('devices.revoked')}</span>}
        </span>
        <span class="entry-about">{revoked ? until : since}</span>
      </div>
      {!current && !revoked && (
        <button
          class="button button-small"
          aria-label={t('devices.revoke_named', { device: shortDevice(device) })}
          onClick={onRevoke}
        >
          {t('devices.revoke')}
        </button>
      )}
    </li>
  );
}
