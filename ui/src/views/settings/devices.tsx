import { useCallback, useEffect, useId, useMemo, useRef, useState } from 'preact/hooks';
import type { DeviceView } from '../../../../protocol/local-api.js';
import { ownDevices } from '../../app/trust.js';
import { useApp, useDaemon } from '../../app/use-app.js';
import { useAnswer } from '../../components/hooks.js';
import { nextStep, sortedDevices } from '../../state/trust.js';
import { DeviceRow } from './device-row.js';
import { RevokeDialog } from './revoke-dialog.js';

/** The devices that speak for the user, and the way to take one back. */
export function Devices() {
  const app = useApp();
  const { t } = app;
  const id = useId();
  const changes = useChanges();
  const { value, problem, busy, again } = useAnswer(useCallback(() => ownDevices(app), [app, changes]));
  const devices = useMemo(() => sortedDevices(value ?? []), [value]);
  const [asking, setAsking] = useState<DeviceView>();
  const heading = useRef<HTMLHeadingElement>(null);
  const revoked = useRef(false);
  useEffect(() => {
    // The button that had the focus goes with the right to revoke.
    if (asking || !revoked.current) return;
    revoked.current = false;
    heading.current?.focus();
    again();
  }, [asking, again]);
  return (
    <section class="group" aria-labelledby={id} aria-busy={busy}>
      <h2 id={id} ref={heading} tabIndex={-1}>
        {t('devices.title')}
      </h2>
      <p class="field-hint">{t('devices.hint')}</p>
      {!value && busy && <p role="status">{t('devices.asking')}</p>}
      {problem !== undefined && (
        <div role="alert">
          <p class="field-error">{problem}</p>
          <button class="button button-small" onClick={again}>
            {t('devices.retry')}
          </button>
        </div>
      )}
      <ul class="devices">
        {devices.map((device) => (
          <DeviceRow key={device.device} device={device} onRevoke={() => setAsking(device)} />
        ))}
      </ul>
      {asking && (
        <RevokeDialog
          device={asking.device}
          onClose={() => setAsking(undefined)}
          onRevoked={() => (revoked.current = true)}
        />
      )}
    </section>
  );
}

/** Changes whenever there may be other devices: the tracker came back, or a new one was seen. */
function useChanges(): string {
  const notices = useDaemon((daemon) => daemon.notices);
  const self = useDaemon((daemon) => daemon.me.username);
  const connected = useDaemon((daemon) => daemon.tracker.state === 'connected');
  const own = notices.filter((notice) => nextStep(notice, self)?.kind === 'own_devices').map(({ id }) => id);
  return `${connected} ${own.join(' ')}`;
}
