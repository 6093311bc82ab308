import { useState } from 'preact/hooks';
import { useBusy } from '../../components/hooks.js';
import type { DeviceView } from '../../../../protocol/local-api.js';
import { isSeen } from '../../../../protocol/visible.js';
import { renameDevice } from '../../app/trust.js';
import { useApp } from '../../app/use-app.js';
import { DeviceField } from '../../components/device-field.js';
import { Dialog } from '../../components/dialog.js';
import { deviceLabel } from './device-row.js';

interface RenameDialogProps {
  readonly device: DeviceView;
  onRenamed(): void;
  onClose(): void;
}

/** Asks what a device is to be called, as its user tells it from others. */
export function RenameDialog({ device, onRenamed, onClose }: RenameDialogProps) {
  const app = useApp();
  const { t } = app;
  const [name, setName] = useState(device.name ?? '');
  const { busy, run } = useBusy();
  const [problem, setProblem] = useState<string>();
  const save = async (event: Event): Promise<void> => {
    event.preventDefault();
    if (!isSeen(name)) return setProblem(t('devices.name_empty'));
    await run(async () => {
      const refused = await renameDevice(app, device.device, name);
      setProblem(refused);
      if (refused !== undefined) return;
      onRenamed();
      onClose();
    });
  };
  return (
    <Dialog title={t('devices.rename_ask', { device: deviceLabel(device) })} onClose={onClose}>
      <form class="form" onSubmit={(event) => void save(event)} noValidate>
        <DeviceField value={name} error={problem} onInput={setName} />
        <div class="dialog-actions">
          <button type="button" class="button" onClick={onClose}>
            {t('people.cancel')}
          </button>
          <button class="button button-primary" disabled={busy}>
            {t('people.save')}
          </button>
        </div>
      </form>
    </Dialog>
  );
}
