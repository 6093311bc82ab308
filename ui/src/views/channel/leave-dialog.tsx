import { leaveChannel } from '../../app/conversations.js';
import { useApp } from '../../app/use-app.js';
import { Dialog } from '../../components/dialog.js';

export function LeaveDialog({ name, onClose }: { name: string; onClose: () => void }) {
  const app = useApp();
  const { t } = app;
  return (
    <Dialog title={t('channel.leave_ask', { name })} onClose={onClose}>
      <p>{t('channel.leave_explain')}</p>
      <form method="dialog" class="dialog-actions">
        <button class="button">{t('channel.leave_not')}</button>
        <button class="button button-danger" onClick={() => void leaveChannel(app, name)}>
          {t('channel.leave_do')}
        </button>
      </form>
    </Dialog>
  );
}
