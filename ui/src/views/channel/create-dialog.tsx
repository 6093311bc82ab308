import { useId, useRef, useState } from 'preact/hooks';
import { createChannel, FIELD_MAX, openChannel, TOPIC_MAX } from '../../app/channels.js';
import { joinChannel } from '../../app/conversations.js';
import { useApp, useDaemon } from '../../app/use-app.js';
import { Dialog } from '../../components/dialog.js';
import { TextInput } from '../../components/text-input.js';
import { utf8Length } from '../../text/bytes.js';
import { channelNameProblem, looksLikeAnother, tidyChannelName } from './channel-name.js';
import { TopicHint } from './topic-dialog.js';

interface CreateDialogProps {
  /** To begin with. */
  readonly name: string;
  onClose(): void;
}

/** A new channel: its name is checked as it is typed; one that exists is offered instead. */
export function CreateDialog({ name: first, onClose }: CreateDialogProps) {
  const app = useApp();
  const { t } = app;
  const id = useId();
  const input = useRef<HTMLInputElement>(null);
  const [name, setName] = useState(first);
  const [topic, setTopic] = useState('');
  const [busy, setBusy] = useState(false);
  const known = useDaemon((daemon) => (Object.hasOwn(daemon.channels, name) ? daemon.channels[name] : undefined));
  const alike = useDaemon(({ channels }) => !known && looksLikeAnother(name, Object.keys(channels)));
  const problem = channelNameProblem(name) ?? (alike ? 'said.channel_confusable' : undefined);
  const wanted = topic.replace(/\s+/gu, ' ').trim();
  const over = utf8Length(wanted) - TOPIC_MAX;
  const submit = async (event: Event): Promise<void> => {
    event.preventDefault();
    if (name === '' || problem) input.current?.focus();
    if (busy || name === '' || problem || over > 0) return;
    setBusy(true);
    const done = known ? await enter() : await createChannel(app, name, wanted);
    setBusy(false);
    if (done) onClose();
  };
  const enter = async (): Promise<boolean> => {
    if (known?.joined !== true) return joinChannel(app, name);
    openChannel(app, name);
    return true;
  };
  const action = !known ? 'channels.create_do' : known.joined ? 'channel.open' : 'channel.join';
  return (
    <Dialog title={t('channels.create_title')} onClose={onClose}>
      <form class="form" onSubmit={(event) => void submit(event)} noValidate>
        <div class="field">
          <label for={id}>{t('channels.name')}</label>
          <div class="channel-name-row">
            <span aria-hidden="true">#</span>
            <TextInput
              inputRef={input}
              id={id}
              class="input"
              dir="ltr"
              autoFocus
              autoComplete="off"
              autocapitalize="none"
              spellcheck={false}
              maxLength={FIELD_MAX}
              value={name}
              aria-describedby={`${id}-rule`}
              aria-invalid={problem !== undefined}
              onInput={(event) => setName(tidyChannelName(event.currentTarget.value))}
            />
          </div>
          <p id={`${id}-rule`} class={problem ? 'field-error' : 'field-hint'} aria-live="polite">
            {known ? t('channels.name_taken', { name }) : t(problem ?? 'channels.name_rule')}
          </p>
        </div>
        {!known && (
          <div class="field">
            <label for={`${id}-topic`}>{t('channels.topic_optional')}</label>
            <TextInput
              id={`${id}-topic`}
              class="input"
              dir="auto"
              autoComplete="off"
              maxLength={FIELD_MAX}
              value={topic}
              aria-describedby={`${id}-topic-hint`}
              aria-invalid={over > 0}
              onInput={(event) => setTopic(event.currentTarget.value)}
            />
            <TopicHint id={`${id}-topic`} over={over} />
          </div>
        )}
        <p class="field-hint">{t('channels.create_hint')}</p>
        <div class="dialog-actions">
          <button type="button" class="button" onClick={onClose}>
            {t('channels.cancel')}
          </button>
          <button class="button button-primary" disabled={busy}>
            {t(action)}
          </button>
        </div>
      </form>
    </Dialog>
  );
}
