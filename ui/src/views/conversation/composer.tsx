import { useEffect, useLayoutEffect, useRef, useState } from 'preact/hooks';
import { destinationOf, refusalOf, sendMessage } from '../../app/messages.js';
import { useApp, useSelector } from '../../app/use-app.js';
import { Icon } from '../../components/icon.js';
import { hasFinePointer } from '../../components/pointer.js';
import { ComposerNote } from './composer-note.js';

interface ComposerProps {
  readonly conversation: string;
  readonly place: string;
}

export function Composer({ conversation, place }: ComposerProps) {
  const app = useApp();
  const { t, store } = app;
  const draft = useSelector((state) => state.drafts[conversation] ?? '');
  const [sentTo, setSentTo] = useState<string>();
  const area = useRef<HTMLTextAreaElement>(null);
  const composing = useRef(false);
  useAutoGrow(area, draft);
  useEffect(() => {
    if (hasFinePointer()) area.current?.focus();
  }, []);

  const send = (): void => {
    const sent = sendMessage(app, conversation, draft);
    if (sent) setSentTo(sent.kind === 'private' ? sent.username : undefined);
    area.current?.focus();
  };
  const onKeyDown = (event: KeyboardEvent): void => {
    // While an input method composes, Enter belongs to it. Safari ends the composition before it tells of the key.
    if (event.key !== 'Enter' || event.shiftKey || event.isComposing || composing.current) return;
    event.preventDefault();
    send();
  };
  const onInput = (text: string): void => {
    setSentTo(undefined);
    store.dispatch({ type: 'draft', conversation, text });
  };

  const destination = useDestination(conversation, draft);
  const refusal = refusalOf(store.get(), destination.text);
  return (
    <form
      class={destination.kind === 'private' ? 'composer composer-private' : 'composer'}
      onSubmit={(event) => {
        event.preventDefault();
        send();
      }}
    >
      <ComposerNote
        destination={destination}
        place={place}
        refusal={refusal}
        sentTo={sentTo}
        conversation={conversation}
      />
      <div class="composer-row">
        <textarea
          ref={area}
          class="composer-area"
          rows={1}
          dir="auto"
          value={draft}
          aria-label={t('composer.label', { place })}
          aria-describedby="composer-note"
          aria-invalid={refusal === 'too_long'}
          placeholder={t('composer.placeholder', { place })}
          onInput={(event) => onInput(event.currentTarget.value)}
          onKeyDown={onKeyDown}
          onCompositionStart={() => (composing.current = true)}
          onCompositionEnd={() => setTimeout(() => (composing.current = false))}
          data-composer
        />
        <button
          class="icon-button composer-send"
          aria-label={t('composer.send')}
          title={t('composer.send')}
          disabled={refusal !== undefined}
        >
          <Icon name="send" />
        </button>
      </div>
      <p class="composer-hint" aria-hidden="true">
        {t('composer.hint')}
      </p>
    </form>
  );
}

function useDestination(conversation: string, draft: string) {
  const { store } = useApp();
  // Whether `@name` is known may change while one writes.
  useSelector((state) => state.daemon?.people);
  return destinationOf(store.get(), conversation, draft);
}

/** Grows with the text up to the maximum of the style sheet. */
function useAutoGrow(area: { current: HTMLTextAreaElement | null }, text: string): void {
  useLayoutEffect(() => {
    if (!area.current) return;
    area.current.style.height = 'auto';
    area.current.style.height = `${area.current.scrollHeight + area.current.offsetHeight - area.current.clientHeight}px`;
  }, [area, text]);
}
