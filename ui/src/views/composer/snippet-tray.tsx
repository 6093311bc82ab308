import type { RefObject } from 'preact';
import { useLayoutEffect, useMemo } from 'preact/hooks';
import { dropSnippet, messagesOf, moveHead, saveSnippet, sendSnippet, snippetDestination } from '../../app/snippets.js';
import { useApp, useSelector } from '../../app/use-app.js';
import { CopyButton } from '../../components/copying.js';
import { Icon } from '../../components/icon.js';
import { MESSAGE_MAX, OUTBOX_MAX, SNIPPET_MAX } from '../../limits.js';
import { composerText } from '../../state/drafts.js';
import { snippetsIn } from '../../state/snippets.js';
import type { Snippet } from '../../text/snippet.js';
import { utf8Length } from '../../text/bytes.js';
import { countLines, previewOf } from '../../text/snippet.js';

interface SnippetTrayProps {
  readonly conversation: string;
  readonly place: string;
  readonly tray: RefObject<HTMLDivElement | null>;
  /** One is sent, moved or removed: the focus belongs to the text again. */
  onDone(): void;
}

/** Above the text: what goes with it and is not laid out in it. Pasted texts now, and the place of files. */
export function SnippetTray({ conversation, place, tray, onDone }: SnippetTrayProps) {
  const { t } = useApp();
  const all = useSelector((state) => state.snippets);
  const snippets = useMemo(() => snippetsIn(all, conversation), [all, conversation]);
  const newest = snippets.at(-1);
  useLayoutEffect(() => {
    tray.current?.querySelector('li:last-child')?.scrollIntoView({ block: 'nearest' });
  }, [tray, newest?.id]);
  return (
    <div ref={tray}>
      {snippets.length > 0 && (
        <ul class="tray" aria-label={t('composer.tray')}>
          {snippets.map((snippet) => (
            <SnippetCard key={snippet.id} snippet={snippet} place={place} onDone={onDone} />
          ))}
        </ul>
      )}
      <p class="visually-hidden" role="status">
        {newest && <Told snippet={newest} />}
      </p>
    </div>
  );
}

/** How long it is: `58,000 lines, 1.0 MB pasted`. */
function useTitle({ text }: Snippet): string {
  const { t, formats } = useApp();
  return useMemo(
    () => t('composer.snippet', { count: countLines(text), size: formats.size(utf8Length(text)) }),
    [text, t, formats],
  );
}

function Told({ snippet }: { readonly snippet: Snippet }) {
  const { t } = useApp();
  return <>{`${useTitle(snippet)}. ${t('composer.snippet_why')}`}</>;
}

interface SnippetCardProps {
  readonly snippet: Snippet;
  readonly place: string;
  onDone(): void;
}

function SnippetCard({ snippet, place, onDone }: SnippetCardProps) {
  const app = useApp();
  const { t, formats } = app;
  const { text } = snippet;
  const title = useTitle(snippet);
  const preview = useMemo(() => previewOf(text), [text]);
  const messages = useMemo(() => messagesOf(snippet)?.length, [text]);
  const waits = useSelector((state) => messages !== undefined && state.outbox.length + messages > OUTBOX_MAX);
  const done = (work: () => void) => (): void => {
    work();
    onDone();
  };
  return (
    <li class="tray-card" aria-label={title}>
      <div class="tray-head">
        <Icon name="codeBlock" />
        <p class="tray-title">{title}</p>
        <CopyButton text={text} label={t('composer.snippet_copy')} />
        <button
          type="button"
          class="icon-button"
          aria-label={t('composer.snippet_remove')}
          title={t('composer.snippet_remove')}
          onClick={done(() => dropSnippet(app, snippet))}
        >
          <Icon name="close" small />
        </button>
      </div>
      {preview !== '' && (
        <p class="tray-preview" dir="auto">
          {preview}
        </p>
      )}
      <p class={messages === undefined ? 'tray-why tray-refused' : 'tray-why'}>
        {messages === undefined
          ? t('composer.snippet_too_large', { max: formats.size(SNIPPET_MAX) })
          : t(waits ? 'composer.outbox_full' : 'composer.snippet_why')}
      </p>
      <div class="tray-actions" data-actions>
        {messages !== undefined && (
          <SendButton snippet={snippet} place={place} count={messages} disabled={waits} onDone={onDone} />
        )}
        <SaveButton snippet={snippet} primary={messages === undefined} />
        <HeadButton snippet={snippet} onDone={onDone} />
      </div>
    </li>
  );
}

interface SendButtonProps extends SnippetCardProps {
  /** Of messages. */
  readonly count: number;
  readonly disabled: boolean;
}

/** Says where it goes: the text beside it may be for one person alone. */
function SendButton({ snippet, place, count, disabled, onDone }: SendButtonProps) {
  const app = useApp();
  const { t } = app;
  const alone = useSelector((state) => {
    const destination = snippetDestination(state, snippet.conversation);
    return destination.kind === 'private' ? destination.username : undefined;
  });
  return (
    <button
      type="button"
      class="button button-small button-primary"
      disabled={disabled}
      onClick={() => sendSnippet(app, snippet) && onDone()}
    >
      {alone === undefined
        ? t('composer.snippet_send', { count, place })
        : t('composer.snippet_send_private', { count, username: alone })}
    </button>
  );
}

function SaveButton({ snippet, primary }: { readonly snippet: Snippet; readonly primary: boolean }) {
  const { t } = useApp();
  return (
    <button
      type="button"
      class={primary ? 'button button-small button-primary' : 'button button-small'}
      onClick={() => saveSnippet(snippet)}
    >
      {t('composer.snippet_save')}
    </button>
  );
}

/** Absent where the message in the box has no room worth taking. */
function HeadButton({ snippet, onDone }: Omit<SnippetCardProps, 'place'>) {
  const app = useApp();
  const { t } = app;
  const room = useSelector((state) => utf8Length(composerText(state, snippet.conversation)) < MESSAGE_MAX / 2);
  if (!room) return null;
  return (
    <button
      type="button"
      class="button button-small"
      onClick={() => {
        moveHead(app, snippet);
        onDone();
      }}
    >
      {t('composer.snippet_head')}
    </button>
  );
}
