import { useBusy } from '../../components/hooks.js';
import type { PersonView } from '../../../../protocol/local-api.js';
import { choosePerson } from '../../app/people.js';
import { useApp } from '../../app/use-app.js';
import { Dialog } from '../../components/dialog.js';

interface BlockDialogProps {
  readonly person: PersonView;
  onBlocked?(): void;
  onClose(): void;
}

/** Says what blocking does, and what it does not, before it is done. */
export function BlockDialog({ person, onBlocked, onClose }: BlockDialogProps) {
  const app = useApp();
  const { t } = app;
  const { busy, run } = useBusy();
  const block = (): Promise<void> =>
    run(async () => {
      // Where it was refused the dialog stays, and says why.
      if (!(await choosePerson(app, person.username, { blocked: true }))) return;
      onBlocked?.();
      onClose();
    });
  return (
    <Dialog title={t('people.block_ask', { name: person.name ?? person.username })} onClose={onClose}>
      <p>{t('people.block_explain')}</p>
      <p class="block-told">{t('people.block_told')}</p>
      <div class="dialog-actions">
        <button class="button" onClick={onClose}>
          {t('people.cancel')}
        </button>
        <button class="button button-danger" disabled={busy} onClick={() => void block()}>
          {t('people.block')}
        </button>
      </div>
    </Dialog>
  );
}
