import { useCallback, useRef, useState } from 'preact/hooks';
import type { ConversationView } from '../../../../protocol/local-api.js';
import { setConversation } from '../../app/conversations.js';
import { useApp, useDaemon } from '../../app/use-app.js';
import { Icon } from '../../components/icon.js';
import { Popover } from '../../components/popover.js';
import { directName } from '../../state/route.js';

type Rule = NonNullable<ConversationView['notify']>;

/** In a conversation of two nobody has to be named to be meant. */
const rulesOf = (conversation: string): readonly Rule[] =>
  conversation.startsWith('#') ? ['all', 'mentions', 'none'] : ['all', 'none'];

/** The bell in a conversation's header: what is worth a notification there. */
export function NotifyMenu({ conversation }: { conversation: string }) {
  const { t } = useApp();
  const anchor = useRef<HTMLButtonElement>(null);
  const [open, setOpen] = useState(false);
  const openBefore = useRef(false);
  const onClose = useCallback(() => setOpen(false), []);
  const self = useDaemon((daemon) => daemon.me.username);
  const rule = useDaemon((daemon) => daemon.conversations[conversation]?.notify ?? 'all');
  const place = conversation.startsWith('#') ? conversation : directName(conversation, self);
  const label = `${t('notifications.menu', { place })}: ${t(`notifications.menu_${rule}`)}`;
  return (
    <>
      <button
        ref={anchor}
        class="icon-button"
        aria-label={label}
        title={label}
        aria-haspopup="true"
        aria-expanded={open}
        // A press closes the popover by itself before the click comes, which must not open it again.
        onPointerDown={() => (openBefore.current = open)}
        onClick={(event) => setOpen(event.detail === 0 ? !open : !openBefore.current)}
      >
        <Icon name={rule === 'none' ? 'bellOff' : 'bell'} />
      </button>
      {open && (
        <Popover anchor={anchor} label={t('notifications.menu', { place })} onClose={onClose}>
          <NotifyRules conversation={conversation} rule={rule} />
        </Popover>
      )}
    </>
  );
}

/** The rules to choose from, also for a panel that has room for them. */
export function NotifyRules({ conversation, rule }: { conversation: string; rule: Rule }) {
  const app = useApp();
  const { t } = app;
  const username = useDaemon((daemon) => daemon.me.username);
  return (
    <fieldset class="notify-rules">
      <legend class="popover-title">{t('notifications.title')}</legend>
      {rulesOf(conversation).map((each) => (
        <label key={each} class="notify-rule">
          <input
            type="radio"
            name={`notify ${conversation}`}
            checked={rule === each}
            onChange={() => void setConversation(app, conversation, { notify: each })}
          />
          <span>
            <strong>{t(`notifications.menu_${each}`)}</strong>
            <span class="field-hint">{t(`notifications.menu_${each}_hint`, { username })}</span>
          </span>
        </label>
      ))}
    </fieldset>
  );
}
