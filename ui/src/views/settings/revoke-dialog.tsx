import { useState } from 'preact/hooks';
import { revokeDevice } from '../../app/trust.js';
import { useApp } from '../../app/use-app.js';
import { Dialog } from '../../components/dialog.js';
import { shortDevice } from '../../text/safety-number.js';
import type { TextKey } from '../../text/translate.js';

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
