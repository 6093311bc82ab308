import { useId, useState } from 'preact/hooks';
import { FIELD_MAX, setTopic, TOPIC_MAX } from '../../app/channels.js';
import { useApp } from '../../app/use-app.js';
import { Dialog } from '../../components/dialog.js';
import { TextInput } from '../../components/text-input.js';
import { utf8Length } from '../../text/bytes.js';

interface TopicDialogProps {
  readonly channel: string;
  readonly topic: string;
  onClose(): void;
}

export function TopicDialog({ channel, topic, onClose }: TopicDialogProps) {
  const app = useApp();
  const { t } = app;
  const id = useId();
  const [text, setText] = useState(topic);
  const [busy, setBusy] = useState(false);
  const [failure, setFailure] = useState<string>();
  const wanted = text.replace(/\s+/gu, ' ').trim();
  const over = utf8Length(wanted) - TOPIC_MAX;
  const submit = async (event: Event): Promise<void> => {
    event.preventDefault();
    if (busy || over > 0) return;
    if (wanted === topic) return onClose();
    setBusy(true);
    const problem = await setTopic(app, channel, wanted);
    setBusy(false);
    setFailure(problem);
    if (problem === undefined) onClose();
  };
  return (
    <Dialog title={t('channels.topic_of', { name: channel })} onClose={onClose}>
      <form class="form" onSubmit={(event) => void submit(event)} noValidate>
        <div class="field">
          <label for={id}>{t('channels.topic')}</label>
          <TextInput
            id={id}
            class="input"
            dir="auto"
            autoFocus
            autoComplete="off"
            maxLength={FIELD_MAX}
            value={text}
            aria-describedby={`${id}-hint ${id}-error`}
            aria-invalid={over > 0}
            onInput={(event) => setText(event.currentTarget.value)}
          />
          <TopicHint id={id} over={over} />
          <p id={`${id}-error`} class="field-error" role="alert">
            {failure}
          </p>
        </div>
        <div class="dialog-actions">
          <button type="button" class="button" onClick={onClose}>
            {t('channels.cancel')}
          </button>
          <button class="button button-primary" disabled={busy || over > 0}>
            {t('channels.topic_save')}
          </button>
        </div>
      </form>
    </Dialog>
  );
}

/** How much more fits: `over` is negative while something does. */
export function TopicHint({ id, over }: { id: string; over: number }) {
  const { t } = useApp();
  return (
    <p id={`${id}-hint`} class={over > 0 ? 'field-error' : 'field-hint'} aria-live="polite">
      {over > 0
        ? t('channels.topic_over', { count: over, max: TOPIC_MAX })
        : t('channels.topic_left', { count: -over })}
    </p>
  );
}
