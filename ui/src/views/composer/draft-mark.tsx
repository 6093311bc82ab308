import { useApp, useSelector } from '../../app/use-app.js';
import { Icon } from '../../components/icon.js';
import { currentConversation } from '../../state/attention.js';
import { hasDraft } from '../../state/drafts.js';

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
