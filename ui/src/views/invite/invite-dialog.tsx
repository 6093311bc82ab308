import { useCallback } from 'preact/hooks';
import type { InviteView } from '../../../../protocol/local-api.js';
import { useObservable } from '../../app/observable.js';
import { makeInvite, openInvite } from '../../app/people.js';
import { useApp } from '../../app/use-app.js';
import { CommandLine } from '../../components/copying.js';
import { Dialog } from '../../components/dialog.js';
import { useAnswer } from '../../components/hooks.js';
import { QrCode } from '../../components/qr-code.js';

/** Over any view, once somebody wants to invite others. */
export function InviteDialog() {
  const { inviteShown } = useApp();
  return useObservable(inviteShown) ? <Panel /> : null;
}

function Panel() {
  const app = useApp();
  const { t, inviteShown } = app;
  const { value, problem, busy, again } = useAnswer(useCallback(() => makeInvite(app), [app]));
  return (
    <Dialog panel title={t('start.invite_title')} onClose={() => inviteShown.set(false)}>
      {busy && !value && <p role="status">{t('start.invite_making')}</p>}
      {problem !== undefined && (
        <div role="alert" class="invite-problem">
          <p>{problem}</p>
          <button class="button button-small" onClick={again}>
            {t('start.invite_retry')}
          </button>
        </div>
      )}
      {value && <Invite invite={value} />}
    </Dialog>
  );
}

function Invite({ invite }: { invite: InviteView }) {
  const { t } = useApp();
  return (
    <div class="invite">
      {invite.local && <LocalOnly tracker={invite.tracker} addresses={invite.local.addresses} />}
      <p>{t('start.invite_about')}</p>
      <h3>{t('start.invite_link')}</h3>
      <CommandLine text={invite.link} label={t('start.invite_link')} />
      <h3>{t('start.invite_command')}</h3>
      <CommandLine text={invite.command} label={t('start.invite_command')} />
      {/* A phone is another machine. */}
      {!invite.local && (
        <figure class="invite-code">
          <QrCode text={invite.link} label={t('start.invite_code')} />
          <figcaption>{t('start.invite_code_hint')}</figcaption>
        </figure>
      )}
    </div>
  );
}

/** What has to be done before anybody else can use the link. */
function LocalOnly({ tracker, addresses }: { tracker: string; addresses: readonly string[] }) {
  const { t, formats } = useApp();
  const port = new URL(tracker).port;
  const flag = port === '' || port === '8001' ? '' : ` --port ${port}`;
  const named = addresses.map((address) => `http://${address}${port === '' ? '' : `:${port}`}`);
  return (
    <div class="invite-local" role="note">
      <h3>{t('start.invite_local_title')}</h3>
      <p>{t('start.invite_local')}</p>
      <CommandLine text={`npx parley tracker --host 0.0.0.0${flag}`} label={t('tracker.label')} />
      {named.length > 0 && <p>{t('start.invite_local_address', { addresses: formats.list(named) })}</p>}
      <p>{t('start.invite_local_peer', { flag: '--host 0.0.0.0' })}</p>
    </div>
  );
}

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
