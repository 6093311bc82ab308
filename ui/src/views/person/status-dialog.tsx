import { useId, useState } from 'preact/hooks';
import { useBusy } from '../../components/hooks.js';
import type { StatusText } from '../../../../protocol/local-api.js';
import { setProfile } from '../../app/people.js';
import { useApp } from '../../app/use-app.js';
import { Dialog } from '../../components/dialog.js';
import { EmojiButton } from '../../components/emoji/emoji-button.js';
import { Icon } from '../../components/icon.js';
import { TextInput } from '../../components/text-input.js';
import { choiceOf, endOf, fieldOf, isTooFar, STATUS_ENDS, USUAL_ENDS, type StatusEnd } from '../../state/status-end.js';

const IDEAS = [
  ['📅', 'meeting'],
  ['🎧', 'focus'],
  ['🍜', 'lunch'],
  ['🏠', 'home'],
  ['🤒', 'sick'],
  ['🌴', 'holiday'],
] as const;
const HOUR_MS = 3600_000;
/** Characters, as the daemon takes them. */
const TEXT_MAX = 128;

interface StatusDialogProps {
  readonly status: StatusText | undefined;
  onClose(): void;
}

export function StatusDialog({ status, onClose }: StatusDialogProps) {
  const app = useApp();
  const { t } = app;
  const [emoji, setEmoji] = useState(status?.emoji ?? '');
  const [text, setText] = useState(status?.text ?? '');
  const [end, setEnd] = useState<StatusEnd>(choiceOf(status));
  const [at, setAt] = useState(() =>
    fieldOf(status?.until === undefined ? app.now() + HOUR_MS : Date.parse(status.until)),
  );
  const { busy, run } = useBusy();
  const [problem, setProblem] = useState<string>();
  const field = useId();
  const save = (said: StatusText): Promise<void> =>
    run(async () => {
      const failure = await setProfile(app, { status: said });
      setProblem(failure);
      if (failure === undefined) onClose();
    });
  return (
    <Dialog title={t('people.status_title')} onClose={onClose}>
      <form
        class="form"
        noValidate
        onSubmit={(event) => {
          event.preventDefault();
          if (end === 'at' && isTooFar(at)) return setProblem(t('people.status_end_far'));
          const until = endOf(end, app.now(), at);
          if (end === 'at' && !(Date.parse(until ?? '') > app.now())) return setProblem(t('people.status_end_past'));
          void save({ ...(emoji !== '' && { emoji }), text, ...(until !== undefined && { until }) });
        }}
      >
        <div class="field">
          <label for={field}>{t('people.status_text')}</label>
          <div class="status-field">
            {emoji !== '' && (
              <button
                type="button"
                class="icon-button status-emoji"
                aria-label={t('people.status_no_emoji')}
                title={t('people.status_no_emoji')}
                onClick={() => setEmoji('')}
              >
                {emoji}
              </button>
            )}
            <EmojiButton label={t('people.status_emoji')} onPick={setEmoji} />
            <TextInput
              id={field}
              class="input"
              dir="auto"
              autoComplete="off"
              maxLength={TEXT_MAX}
              value={text}
              onInput={(event) => setText(event.currentTarget.value)}
            />
          </div>
          <p class="field-hint">{t('people.status_hint')}</p>
        </div>
        <div role="group" aria-label={t('people.status_ideas')} class="status-ideas">
          {IDEAS.map(([picture, idea]) => (
            <button
              key={idea}
              type="button"
              class="button button-small"
              onClick={() => {
                setEmoji(picture);
                setText(t(`people.status_${idea}`));
                setEnd(USUAL_ENDS[idea] ?? 'never');
              }}
            >
              <span aria-hidden="true">{picture}</span> {t(`people.status_${idea}`)}
            </button>
          ))}
        </div>
        <div class="field status-end">
          <label for={`${field}-end`}>{t('people.status_end')}</label>
          <select
            id={`${field}-end`}
            class="input"
            value={end}
            onChange={({ currentTarget: { value } }) => setEnd(STATUS_ENDS.find((one) => one === value) ?? 'never')}
          >
            {STATUS_ENDS.map((one) => (
              <option key={one} value={one}>
                {t(`people.status_end_${one}`)}
              </option>
            ))}
          </select>
          {end === 'at' && (
            <input
              type="datetime-local"
              class="input"
              aria-label={t('people.status_end_when')}
              value={at}
              min={fieldOf(app.now())}
              max="9999-12-30T23:59"
              onInput={(event) => setAt(event.currentTarget.value)}
            />
          )}
        </div>
        <p class="field-error" role="alert">
          {problem}
        </p>
        <div class="dialog-actions">
          {status && (
            <button type="button" class="button button-plain" onClick={() => void save({})}>
              <Icon name="close" small /> {t('people.status_clear')}
            </button>
          )}
          <button type="button" class="button" onClick={onClose}>
            {t('people.cancel')}
          </button>
          <button class="button button-primary" disabled={busy}>
            {t(busy ? 'people.saving' : 'people.save')}
          </button>
        </div>
      </form>
    </Dialog>
  );
}
