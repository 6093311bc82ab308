import { useCallback, useState } from 'preact/hooks';
import type { InviteMake, InviteView } from '../../../../protocol/local-api.js';
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
  const [wanted, setWanted] = useState<InviteMake>({});
  const { value, problem, busy, again } = useAnswer(useCallback(() => makeInvite(app, wanted), [app, wanted]));
  return (
    <Dialog panel title={t('start.invite_title')} onClose={() => inviteShown.set(false)}>
      {busy && !value && <p role="status">{t('start.invite_making')}</p>}
      {problem !== undefined && (
        <div role="alert" class="invite-problem">
          <p>{problem}</p>
          <button class="button button-small" disabled={busy} onClick={again}>
            {t('start.invite_retry')}
          </button>
        </div>
      )}
      {value && <Invite invite={value} busy={busy} makeCode={(code) => setWanted({ code })} />}
    </Dialog>
  );
}

type MakeCode = (code: NonNullable<InviteMake['code']>) => void;

function Invite({ invite, busy, makeCode }: { invite: InviteView; busy: boolean; makeCode: MakeCode }) {
  const { t, formats } = useApp();
  const { code, signUp } = invite;
  return (
    <div class="invite">
      {invite.local && <LocalOnly tracker={invite.tracker} addresses={invite.local.addresses} />}
      {/* Always there, so that what changes in it is read out. */}
      <p role="status">
        {code
          ? t('start.invite_with_code', { count: code.uses, date: formats.full(code.expires) })
          : t('start.invite_about')}
      </p>
      {signUp && !code && <SignUp how={signUp} busy={busy} makeCode={makeCode} />}
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

const USES = [1, 5, 25, 100] as const;
const DAYS = [1, 7, 30] as const;

/** Where the link alone is not enough to make an account. */
function SignUp({
  how,
  busy,
  makeCode,
}: {
  how: NonNullable<InviteView['signUp']>;
  busy: boolean;
  makeCode: MakeCode;
}) {
  const { t } = useApp();
  const [uses, setUses] = useState(1);
  const [days, setDays] = useState(7);
  const { registration } = how;
  if (registration === 'open') return null;
  if (registration !== 'invite' || !how.admin) {
    const text = registration === 'invite' ? 'start.invite_ask_admin' : (`start.invite_${registration}` as const);
    return (
      <p class="invite-note" role="note">
        {t(text)}
      </p>
    );
  }
  return (
    <form
      class="invite-note"
      onSubmit={(event) => {
        event.preventDefault();
        makeCode({ uses, days });
      }}
    >
      <p>{t('start.invite_needs_code')}</p>
      <div class="invite-choices">
        <label>
          {t('start.invite_for_whom')}
          <Select value={uses} among={USES} text={(count) => t('start.invite_uses', { count })} onChange={setUses} />
        </label>
        <label>
          {t('start.invite_how_long')}
          <Select value={days} among={DAYS} text={(count) => t('start.invite_days', { count })} onChange={setDays} />
        </label>
        <button class="button button-primary" disabled={busy}>
          {t('start.invite_make_code')}
        </button>
      </div>
    </form>
  );
}

interface SelectProps {
  readonly value: number;
  readonly among: readonly number[];
  text(value: number): string;
  onChange(value: number): void;
}

function Select({ value, among, text, onChange }: SelectProps) {
  return (
    <select class="input" value={value} onChange={(event) => onChange(Number(event.currentTarget.value))}>
      {among.map((one) => (
        <option key={one} value={one}>
          {text(one)}
        </option>
      ))}
    </select>
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
