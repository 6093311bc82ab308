import type { EntryView } from '../../../../protocol/local-api.js';
import { cancelEdit } from '../../app/composer.js';
import { deleteMessage } from '../../app/message-actions.js';
import { useApp } from '../../app/use-app.js';
import { Dialog } from '../../components/dialog.js';

/** An edit that leaves nothing over: whether the message is to go. */
export function DeleteDialog({ entry, onClose }: { readonly entry: EntryView; onClose(): void }) {
  const app = useApp();
  const { t } = app;
  return (
    <Dialog title={t('composer.delete_title')} onClose={onClose}>
      <p>{t('composer.delete_text')}</p>
      <div class="dialog-actions">
        <button type="button" class="button" onClick={onClose} autofocus>
          {t('composer.delete_not')}
        </button>
        <button
          type="button"
          class="button button-danger"
          onClick={() => {
            cancelEdit(app, entry.conversation);
            void deleteMessage(app, entry);
            onClose();
          }}
        >
          {t('composer.delete_do')}
        </button>
      </div>
    </Dialog>
  );
}
