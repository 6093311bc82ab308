import type { ChosenNotify } from '../../../../protocol/local-api.js';
import { setConversation } from '../../app/conversations.js';
import { useApp, useDaemon } from '../../app/use-app.js';
import { notifyRule } from '../../state/notify.js';

type Rule = ChosenNotify;

/** In a conversation of two nobody has to be named to be meant. */
const rulesOf = (conversation: string): readonly Rule[] =>
  conversation.startsWith('#') ? ['default', 'all', 'mentions', 'none'] : ['all', 'none'];

/** What was chosen for a conversation, and whether nothing comes of it then. */
export function useNotifyRule(conversation: string): { readonly rule: Rule; readonly silent: boolean } {
  const rule = useDaemon(
    (daemon) => daemon.conversations[conversation]?.notify ?? (conversation.startsWith('#') ? 'default' : 'all'),
  );
  const silent = useDaemon((daemon) => notifyRule(daemon, conversation) === 'none');
  return { rule, silent };
}

/** What is worth a notification in a conversation, to choose from. */
export function NotifyRules({ conversation }: { conversation: string }) {
  const app = useApp();
  const { t } = app;
  const { rule } = useNotifyRule(conversation);
  const isChannel = conversation.startsWith('#');
  return (
    <fieldset class="notify-rules">
      <legend class="popover-title">{t('notifications.title')}</legend>
      <RuleChoices
        name={`notify ${conversation}`}
        rules={rulesOf(conversation)}
        chosen={rule}
        onChoose={(each) =>
          void setConversation(app, conversation, { notify: each === 'all' && !isChannel ? 'default' : each })
        }
      />
    </fieldset>
  );
}

interface RuleChoicesProps<R extends Rule> {
  /** Of the group of radio buttons. */
  readonly name: string;
  readonly rules: readonly R[];
  readonly chosen: Rule;
  onChoose(rule: R): void;
}

/** Rules, each with what it means. */
export function RuleChoices<R extends Rule>({ name, rules, chosen, onChoose }: RuleChoicesProps<R>) {
  const { t } = useApp();
  const username = useDaemon((daemon) => daemon.me.username);
  return (
    <>
      {rules.map((each) => (
        <label key={each} class="notify-rule">
          <input type="radio" name={name} checked={chosen === each} onChange={() => onChoose(each)} />
          <span>
            <strong>{t(`notifications.menu_${each}`)}</strong>
            <span class="field-hint">{t(`notifications.menu_${each}_hint`, { username })}</span>
          </span>
        </label>
      ))}
    </>
  );
}
