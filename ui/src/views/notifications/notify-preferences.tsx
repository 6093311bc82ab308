import { useId, useState } from 'preact/hooks';
import { setPreferences, trySetPreferences } from '../../app/people.js';
import { useApp, useDaemon } from '../../app/use-app.js';
import { useBusy } from '../../components/hooks.js';
import { TextInput } from '../../components/text-input.js';
import { Toggle } from '../settings/toggle.js';
import { RuleChoices } from './notify-rules.js';
import { QuietHoursField } from './quiet-hours.js';

const RULES = ['all', 'mentions', 'none'] as const;
/** As the daemon takes them: of all words, and of one. */
const WORDS_MAX = 50;
const WORD_MAX = 64;

/** What is worth a notification, in all windows of this user: kept by Parley on their computer, not by the browser. */
export function NotifyPreferences() {
  const app = useApp();
  const { t } = app;
  const rules = useDaemon((daemon) => daemon.preferences.notify);
  return (
    <section class="group" aria-labelledby="notify-rules">
      <h2 id="notify-rules">{t('notifications.rules')}</h2>
      <fieldset class="notify-rules">
        <legend class="popover-title">{t('notifications.channels')}</legend>
        <RuleChoices
          name="notify channels"
          rules={RULES}
          chosen={rules.channels}
          onChoose={(each) => void setPreferences(app, { notify: { channels: each } })}
        />
      </fieldset>
      <p class="field-hint">{t('notifications.exceptions')}</p>
      <Toggle
        label={t('notifications.calls')}
        hint={t('notifications.calls_hint')}
        on={rules.calls}
        onSet={(calls) => setPreferences(app, { notify: { calls } })}
      />
      <Keywords key={rules.keywords.join('\n')} keywords={rules.keywords} />
      <QuietHoursField hours={rules.quietHours} />
    </section>
  );
}

function Keywords({ keywords }: { readonly keywords: readonly string[] }) {
  const app = useApp();
  const { t } = app;
  const id = useId();
  const [text, setText] = useState(keywords.join(', '));
  const [refused, setRefused] = useState<string>();
  const { busy, run } = useBusy();
  const words = [...new Set(text.split(/[,،、\n]/u).map((word) => word.trim()))].filter((word) => word !== '');
  const problem =
    words.length > WORDS_MAX
      ? t('notifications.words_many', { max: WORDS_MAX })
      : words.some(({ length }) => length > WORD_MAX) && t('notifications.word_long', { max: WORD_MAX });
  const changed = words.join('\n') !== keywords.join('\n');
  return (
    <form
      class="form"
      onSubmit={(event) => {
        event.preventDefault();
        if (!changed || problem !== false) return;
        void run(async () => setRefused(await trySetPreferences(app, { notify: { keywords: words } })));
      }}
    >
      <div class="field">
        <label for={id}>{t('notifications.words')}</label>
        <TextInput
          id={id}
          class="input"
          dir="auto"
          autoComplete="off"
          maxLength={(WORDS_MAX + 1) * (WORD_MAX + 2)}
          value={text}
          aria-describedby={`${id}-hint ${id}-problem`}
          aria-invalid={problem !== false}
          onInput={(event) => setText(event.currentTarget.value)}
        />
        <p id={`${id}-hint`} class="field-hint">
          {t('notifications.words_hint')}
        </p>
        <p id={`${id}-problem`} class="field-error" role="alert">
          {problem === false ? refused : problem}
        </p>
      </div>
      {changed && (
        <button class="button button-small" disabled={busy || problem !== false}>
          {t('people.save')}
        </button>
      )}
    </form>
  );
}
