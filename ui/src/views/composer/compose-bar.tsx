import { cancelEdit } from '../../app/composer.js';
import { cancelComposing } from '../../app/message-actions.js';
import { usePersonName } from '../../app/people.js';
import { useApp, useDaemon } from '../../app/use-app.js';
import { hasFinePointer } from '../../components/hooks.js';
import { Icon } from '../../components/icon.js';
import { MessageLine } from '../../components/message-line.js';
import type { Composing } from '../../state/composing.js';
import { sameName } from '../../state/entries.js';

/** How much of a message can show in one line. */
const SHOWN = 280;

/** Above the text: what is being answered or edited, and the way out of it. */
export function ComposeBar({ composing, onLeave }: { readonly composing: Composing; onLeave(): void }) {
  const app = useApp();
  const { t } = app;
  const { mode, entry } = composing;
  const self = useDaemon((daemon) => daemon.me.username);
  const name = usePersonName(entry.from);
  const leave = (): void => {
    if (mode === 'edit') cancelEdit(app, entry.conversation);
    else cancelComposing(app, entry.conversation);
    onLeave();
  };
  const replying = sameName(entry.from, self) ? t('composer.replying_self') : t('composer.replying', { name });
  const label = mode === 'edit' ? t('composer.edit_cancel') : t('composer.reply_cancel');
  return (
    <div
      class={`compose-bar compose-bar-${mode}`}
      role="group"
      aria-label={mode === 'edit' ? t('composer.editing') : replying}
    >
      <Icon name={mode === 'edit' ? 'pen' : 'reply'} small />
      <p class="compose-what">
        <strong>{mode === 'edit' ? t('composer.editing') : replying}</strong>{' '}
        {mode === 'edit' ? (
          hasFinePointer() && <span class="compose-quote">{t('composer.edit_hint')}</span>
        ) : (
          <span class="compose-quote" dir="auto">
            <MessageLine entry={{ ...entry, message: entry.message.slice(0, SHOWN) }} />
          </span>
        )}
      </p>
      <button type="button" class="icon-button compose-cancel" aria-label={label} title={label} onClick={leave}>
        <Icon name="close" small />
      </button>
    </div>
  );
}
