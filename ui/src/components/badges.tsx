/** Small signs beside a name in a list. */
import type { PersonView } from '../../../protocol/local-api.js';
import { reasonText } from '../app/daemon-texts.js';
import { useApp, useDaemon, useSelector } from '../app/use-app.js';
import { currentConversation } from '../state/attention.js';
import { hasDraft } from '../state/drafts.js';
import { Icon } from './icon.js';

interface UnreadBadgeProps {
  readonly count: number;
  /** How many of them name the user: those call, the others only wait. */
  readonly mentions?: number;
}

export function UnreadBadge({ count, mentions = 0 }: UnreadBadgeProps) {
  const { t, formats } = useApp();
  if (count === 0) return null;
  return (
    <span class={mentions > 0 ? 'badge badge-mentions' : 'badge'}>
      <span aria-hidden="true" dir="ltr">
        {mentions > 0 && '@'}
        {count > 99 ? `${formats.number(99)}+` : formats.number(count)}
      </span>
      <span class="visually-hidden">
        {t('unread', { count })}
        {mentions > 0 && `, ${t('people.named', { count: mentions })}`}
      </span>
    </span>
  );
}

/** Beside the name of an account in which a program writes. */
export function BotBadge() {
  const { t } = useApp();
  return (
    <span class="tag" title={t('people.bot_title')}>
      {t('people.bot')}
    </span>
  );
}

/** Beside the name of a guest, who may call themself what they like. A blank before it. */
export function GuestBadge({ username }: { readonly username: string }) {
  const { t } = useApp();
  const guest = useDaemon((daemon) => daemon.people[username.toLowerCase()]?.guest === true);
  if (!guest) return null;
  return (
    <>
      {' '}
      <span class="tag" title={t('people.guest_title')}>
        {t('people.guest')}
      </span>
    </>
  );
}

/** Beside the name of somebody whose account an admin has disabled. A blank before it. Its words stand in the presence too. */
export function DisabledBadge({ person }: { readonly person: PersonView }) {
  const { t } = useApp();
  if (person.disabled !== true) return null;
  return (
    <>
      {' '}
      <span class="tag" aria-hidden="true" title={reasonText(t, person)}>
        {t('people.disabled')}
      </span>
    </>
  );
}

/** A shield with a tick, beside a name: its safety number was compared. */
export function VerifiedBadge() {
  const { t } = useApp();
  return (
    <span class="verified" title={t('trust.verified_title')}>
      <Icon name="verified" small />
      <span class="visually-hidden">{t('trust.verified')}</span>
    </span>
  );
}

/** In the list: something was begun there and not sent. Where one is writing just now, that is plain to see. */
export function DraftMark({ conversation }: { readonly conversation: string | undefined }) {
  const { t } = useApp();
  const shown = useSelector(
    (state) =>
      conversation !== undefined && hasDraft(state.drafts, conversation) && currentConversation(state) !== conversation,
  );
  if (!shown) return null;
  return (
    <span class="draft-mark" title={t('composer.draft')}>
      <Icon name="pen" small />
      <span class="visually-hidden">{t('composer.draft')}</span>
    </span>
  );
}
