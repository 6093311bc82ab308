import { openInvite } from '../../app/invites.js';
import { useApp } from '../../app/use-app.js';

export function InviteButton({ primary = false }: { primary?: boolean }) {
  const app = useApp();
  return (
    <button
      type="button"
      class={primary ? 'button button-small button-primary' : 'button button-small'}
      aria-haspopup="dialog"
      onClick={() => openInvite(app)}
    >
      {app.t('start.invite')}
    </button>
  );
}
