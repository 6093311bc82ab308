import { useCallback, useEffect, useId, useMemo, useRef, useState } from 'preact/hooks';
import type { DeviceView } from '../../../../protocol/local-api.js';
import { ownDevices, revokeDevice } from '../../app/trust.js';
import { useApp, useDaemon } from '../../app/use-app.js';
import { useAnswer, useNow, useBusy } from '../../components/hooks.js';
import { nextStep, sortedDevices } from '../../state/trust.js';
import { Dialog } from '../../components/dialog.js';
import type { TextKey } from '../../text/translate.js';
import { DeviceAbout, deviceLabel, DeviceRow } from './device-row.js';
import { RenameDialog } from './rename-device.js';

/** The devices that speak for the user, and the way to take one back. */
export function Devices() {
  const app = useApp();
  const { t } = app;
  const id = useId();
  const changes = useChanges();
  const { value, problem, busy, again } = useAnswer(useCallback(() => ownDevices(app), [app, changes]));
  const devices = useMemo(() => sortedDevices(value ?? []), [value]);
  const [asking, setAsking] = useState<DeviceView>();
  const [renaming, setRenaming] = useState<DeviceView>();
  const now = useNow(60_000);
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
          <DeviceRow
            key={device.device}
            device={device}
            now={now}
            onRename={() => setRenaming(device)}
            onRevoke={() => setAsking(device)}
          />
        ))}
      </ul>
      {asking && (
        <RevokeDialog device={asking} onClose={() => setAsking(undefined)} onRevoked={() => (revoked.current = true)} />
      )}
      {renaming && <RenameDialog device={renaming} onClose={() => setRenaming(undefined)} onRenamed={again} />}
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

interface RevokeDialogProps {
  readonly device: DeviceView;
  onRevoked(): void;
  onClose(): void;
}

const follows: readonly TextKey[] = ['devices.follows_cut', 'devices.follows_old', 'devices.follows_number'];

/** Asks once more, and says what follows, since there is no way back. */
export function RevokeDialog({ device, onRevoked, onClose }: RevokeDialogProps) {
  const app = useApp();
  const { t } = app;
  const now = useNow(60_000);
  const { busy, run } = useBusy();
  const [problem, setProblem] = useState<string>();
  const revoke = (): Promise<void> =>
    run(async () => {
      const refused = await revokeDevice(app, device.device);
      setProblem(refused);
      if (refused !== undefined) return;
      onRevoked();
      onClose();
    });
  return (
    <Dialog title={t('devices.revoke_ask', { device: deviceLabel(device) })} onClose={onClose}>
      <p>
        <DeviceAbout device={device} now={now} />
      </p>
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
