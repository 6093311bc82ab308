import { useCallback, useEffect, useId, useMemo, useRef, useState } from 'preact/hooks';
import type { DeviceView } from '../../../../protocol/local-api.js';
import { ownDevices, revokeDevice } from '../../app/trust.js';
import { useApp, useDaemon } from '../../app/use-app.js';
import { useAnswer } from '../../components/hooks.js';
import { nextStep, sortedDevices } from '../../state/trust.js';
import { shortDevice } from '../../text/format.js';
import { Dialog } from '../../components/dialog.js';
import type { TextKey } from '../../text/translate.js';

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

interface RevokeDialogProps {
  readonly device: string;
  onRevoked(): void;
  onClose(): void;
}

const follows: readonly TextKey[] = ['devices.follows_cut', 'devices.follows_old', 'devices.follows_number'];

/** Asks once more, and says what follows, since there is no way back. */
export function RevokeDialog({ device, onRevoked, onClose }: RevokeDialogProps) {
  const app = useApp();
  const { t } = app;
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<string>();
  const revoke = async (): Promise<void> => {
    setBusy(true);
    const refused = await revokeDevice(app, device);
    setBusy(false);
    setProblem(refused);
    if (refused !== undefined) return;
    onRevoked();
    onClose();
  };
  return (
    <Dialog title={t('devices.revoke_ask', { device: shortDevice(device) })} onClose={onClose}>
      <ul class="follows">
        {follows.map((key) => (
          <li key={key}>{t(key)}</li>
        ))}
      </ul>
      <p>
        <strong>{t('devices.follows_ever')}</strong> {t('devices.follows_password')}
      </p>
      <p class="field-error" role="alert">
        {problem}
      </p>
      <form method="dialog" class="dialog-actions">
        <button class="button">{t('devices.revoke_not')}</button>
        <button type="button" class="button button-danger" disabled={busy} onClick={() => void revoke()}>
          {t('devices.revoke_do')}
        </button>
      </form>
    </Dialog>
  );
}
