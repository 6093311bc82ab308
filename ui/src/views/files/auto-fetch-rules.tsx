import type { AutoFetch, ConversationView } from '../../../../protocol/local-api.js';
import { setConversation } from '../../app/conversations.js';
import { useApp, useDaemon } from '../../app/use-app.js';

const rules = ['default', 'all', 'none'] as const satisfies readonly AutoFetch[];

function ruleOf({ autoFetch }: Pick<ConversationView, 'autoFetch'>): AutoFetch {
  return autoFetch ?? 'default';
}

/** Which files of a conversation come by themselves: as the settings say, or otherwise here. */
export function AutoFetchRules({ conversation }: { readonly conversation: string }) {
  const app = useApp();
  const { t } = app;
  const rule = useDaemon((daemon) => ruleOf(daemon.conversations[conversation] ?? {}));
  return (
    <fieldset class="notify-rules">
      <legend class="popover-title">{t('file.auto')}</legend>
      {rules.map((each) => (
        <label key={each} class="notify-rule">
          <input
            type="radio"
            name={`files ${conversation}`}
            checked={rule === each}
            onChange={() => void setConversation(app, conversation, { autoFetch: each })}
          />
          <span>
            <strong>{t(`file.here_${each}`)}</strong>
            <span class="field-hint">{t(`file.here_${each}_hint`)}</span>
          </span>
        </label>
      ))}
    </fieldset>
  );
}
