import { useCallback, useRef, useState } from 'preact/hooks';
import type { ChosenNotify } from '../../../../protocol/local-api.js';
import { setConversation } from '../../app/conversations.js';
import { useApp, useDaemon } from '../../app/use-app.js';
import { Icon } from '../../components/icon.js';
import { Popover } from '../../components/popover.js';
import { notifyRule } from '../../state/notify.js';
import { directName } from '../../state/route.js';
import { conversationTitle } from '../../state/sidebar.js';

type Rule = ChosenNotify;

/** In a conversation of two nobody has to be named to be meant. */
const rulesOf = (conversation: string): readonly Rule[] =>
  conversation.startsWith('#') ? ['default', 'all', 'mentions', 'none'] : ['all', 'none'];

/** The bell in a conversation's header: what is worth a notification there. */
export function NotifyMenu({ conversation }: { conversation: string }) {
  const { t } = useApp();
  const anchor = useRef<HTMLButtonElement>(null);
  const [open, setOpen] = useState(false);
  const openBefore = useRef(false);
  const onClose = useCallback(() => setOpen(false), []);
  const rule = useDaemon(
    (daemon) => daemon.conversations[conversation]?.notify ?? (conversation.startsWith('#') ? 'default' : 'all'),
  );
  const silent = useDaemon((daemon) => notifyRule(daemon, conversation) === 'none');
  const place = useDaemon((daemon) =>
    conversation.startsWith('#')
      ? conversationTitle(daemon, conversation)
      : directName(conversation, daemon.me.username),
  );
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
        <Icon name={silent ? 'bellOff' : 'bell'} />
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
  const isChannel = conversation.startsWith('#');
  return (
    <fieldset class="notify-rules">
      <legend class="popover-title">{t('notifications.title')}</legend>
      {rulesOf(conversation).map((each) => (
        <label key={each} class="notify-rule">
          <input
            type="radio"
            name={`notify ${conversation}`}
            checked={rule === each}
            onChange={() =>
              void setConversation(app, conversation, { notify: each === 'all' && !isChannel ? 'default' : each })
            }
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
