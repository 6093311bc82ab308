import { useId, useState, useRef } from 'preact/hooks';
import { useBusy } from '../../components/hooks.js';
import { FIELD_MAX, setTopic, TOPIC_MAX, createChannel, openChannel } from '../../app/channels.js';
import { useApp, useDaemon } from '../../app/use-app.js';
import { Dialog } from '../../components/dialog.js';
import { TextInput } from '../../components/text-input.js';
import { channelTitle, closedState } from '../../state/sidebar.js';
import { charactersLeft, utf8Length } from '../../text/bytes.js';
import { leaveChannel, joinChannel } from '../../app/conversations.js';
import { channelNameProblem, looksLikeAnother, tidyChannelName } from './channel-name.js';

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
  const { busy, run } = useBusy();
  const [failure, setFailure] = useState<string>();
  const title = useDaemon((daemon) => channelTitle(daemon, channel));
  const wanted = text.replace(/\s+/gu, ' ').trim();
  const over = utf8Length(wanted) - TOPIC_MAX;
  const submit = async (event: Event): Promise<void> => {
    event.preventDefault();
    if (over > 0) return;
    await run(async () => {
      const problem = wanted === topic ? undefined : await setTopic(app, channel, wanted);
      setFailure(problem);
      if (problem === undefined) onClose();
    });
  };
  return (
    <Dialog title={t('channels.topic_of', { name: title })} onClose={onClose}>
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
          <TopicHint id={id} text={wanted} over={over} />
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
export function TopicHint({ id, text, over }: { id: string; text: string; over: number }) {
  const { t } = useApp();
  return (
    <p id={`${id}-hint`} class={over > 0 ? 'field-error' : 'field-hint'} aria-live="polite">
      {over > 0
        ? t('channels.topic_over', { count: over, max: TOPIC_MAX })
        : t('channels.topic_left', { count: charactersLeft(text, -over) })}
    </p>
  );
}

export function LeaveDialog({ name, onClose }: { name: string; onClose: () => void }) {
  const app = useApp();
  const { t } = app;
  const title = useDaemon((daemon) => channelTitle(daemon, name));
  const state = useDaemon((daemon) => closedState(daemon, `#${name}`));
  const { busy, run } = useBusy();
  const leave = (): Promise<void> =>
    run(async () => {
      // Where it was refused the dialog stays, and says why.
      if (await leaveChannel(app, name)) onClose();
    });
  return (
    <Dialog title={t('channel.leave_ask', { name: title })} onClose={onClose}>
      <p>{t(state === undefined ? 'channel.leave_explain' : `channels.${state}_leave`)}</p>
      <form method="dialog" class="dialog-actions">
        <button class="button">{t('channel.leave_not')}</button>
        <button type="button" class="button button-danger" disabled={busy} onClick={() => void leave()}>
          {t('channel.leave_do')}
        </button>
      </form>
    </Dialog>
  );
}

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
  const { busy, run } = useBusy();
  const known = useDaemon((daemon) => (Object.hasOwn(daemon.channels, name) ? daemon.channels[name] : undefined));
  const alike = useDaemon(({ channels }) => !known && looksLikeAnother(name, Object.keys(channels)));
  const problem = channelNameProblem(name) ?? (alike ? 'daemon.channel_confusable' : undefined);
  const wanted = topic.replace(/\s+/gu, ' ').trim();
  const over = utf8Length(wanted) - TOPIC_MAX;
  const submit = async (event: Event): Promise<void> => {
    event.preventDefault();
    if (name === '' || problem) input.current?.focus();
    if (name === '' || problem || over > 0) return;
    await run(async () => {
      if (known ? await enter() : await createChannel(app, name, wanted)) onClose();
    });
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
            <TopicHint id={`${id}-topic`} text={wanted} over={over} />
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
