import { useId, useLayoutEffect, useRef, useState } from 'preact/hooks';
import { readSlash, windowSlashNames } from '../../../../protocol/slash-commands.js';
import { filesDestination, filesRefusal } from '../../app/files.js';
import { type Destination, destinationOf, refusalOf } from '../../app/messages.js';
import { usePlaceName } from '../../app/people.js';
import { useApp, useSelector } from '../../app/use-app.js';
import { hasFinePointer } from '../../components/hooks.js';
import { trayOf } from '../../files/outgoing.js';
import { composerText, draftKey } from '../../state/drafts.js';
import { AttachButton } from '../sending/attach-button.js';
import { FileTray } from '../sending/file-tray.js';
import { SendingList } from '../sending/sending-list.js';
import { useVoice } from '../sending/use-voice.js';
import { VoiceBar, VoiceNote } from '../sending/voice-bar.js';
import { CallDialog } from './call-dialog.js';
import { AudienceDialog } from './audience-dialog.js';
import { CompletionList } from './completion-list.js';
import { ComposeBar } from './compose-bar.js';
import { ComposerArea } from './composer-area.js';
import { ComposerNote } from './composer-note.js';
import { ComposerTools } from './composer-tools.js';
import { DeleteDialog } from './delete-dialog.js';
import { FormatBar } from './format-bar.js';
import { formatted } from './formatting.js';
import { SnippetTray } from './snippet-tray.js';
import { TypingLine } from './typing-line.js';
import { useCompletion } from './use-completion.js';
import { MODIFIER, useKeys, useSendKey } from './use-keys.js';
import { useSending } from './use-sending.js';
import { useWriting } from './use-writing.js';

interface ComposerProps {
  readonly conversation: string;
  readonly place: string;
}

export function Composer({ conversation, place: user }: ComposerProps) {
  const place = usePlaceName(user);
  const app = useApp();
  const { t, store } = app;
  const composing = useSelector((state) => state.composing[conversation]);
  const text = useSelector((state) => composerText(state, conversation));
  const editing = composing?.mode === 'edit';
  const area = useRef<HTMLTextAreaElement>(null);
  const tray = useRef<HTMLDivElement>(null);
  const list = useId();
  const bar = useId();
  const [formatting, setFormatting] = useState(false);
  const [sendKey] = useSendKey();
  const sending = useSending(conversation);
  const writing = useWriting(conversation, area);
  const completion = useCompletion({ conversation, area, apply: writing.apply });
  const voice = useVoice(conversation);
  const withFiles = useSelector((state) => trayOf(state.outgoing, conversation).length > 0) && !editing;
  const send = (work = sending.send): void => {
    // Enter in an empty box means what waits above it: the next one sends.
    const waiting =
      text.trim() === '' &&
      !withFiles &&
      tray.current?.querySelector<HTMLButtonElement>('[data-actions] button:not(:disabled)');
    if (waiting && !editing) return waiting.focus();
    work();
    writing.forgetTold();
    completion.close();
    area.current?.focus();
  };
  const keys = useKeys({ conversation, sendKey, apply: writing.apply, send: () => send(), complete: completion.onKey });
  useFocus(area, composing && `${composing.mode} ${composing.entry.id}`);

  const destination = useDestination(conversation, text, editing, withFiles);
  const elsewhere = destination.kind === 'private' && destination.conversation !== conversation;
  const refusal = refusalOf(store.get(), destination.text);
  const blocked = useSelector((state) => withFiles && filesRefusal(state, conversation, text) !== undefined);
  const refused = editing ? refusal === 'too_long' : withFiles ? blocked : refusal !== undefined;
  const recording = voice.phase !== 'idle' && voice.phase !== 'asking';
  const speaks = !editing && !withFiles && (recording || text.trim() === '');
  const hint = sendKey === 'enter' ? t('composer.hint') : t('composer.hint_modifier', { key: MODIFIER });
  return (
    <div class="composer-zone">
      <TypingLine conversation={conversation} />
      <form
        class={destination.kind === 'private' ? 'composer composer-private' : 'composer'}
        onSubmit={(event) => {
          event.preventDefault();
          send();
        }}
      >
        <SendingList conversation={conversation} />
        <VoiceNote voice={voice} />
        <CompletionList id={list} shown={completion.shown} onTake={completion.take} />
        <ComposerNote
          text={text}
          destination={destination}
          place={place}
          refusal={editing && refusal !== 'too_long' ? undefined : refusal}
          sentTo={sending.sentTo}
          onSendToAll={sending.sendToAll}
          conversation={conversation}
          replying={composing?.mode === 'reply'}
          answer={sending.answer}
          {...(!editing &&
            readSlash(text, windowSlashNames).kind === 'text' && { onSplit: () => send(sending.sendParts) })}
        />
        <div class="composer-box">
          {composing && <ComposeBar composing={composing} onLeave={() => area.current?.focus()} />}
          <FileTray conversation={conversation} onRemoved={() => area.current?.focus()} />
          <SnippetTray conversation={conversation} place={place} tray={tray} onDone={() => area.current?.focus()} />
          {formatting && (
            <FormatBar
              id={bar}
              onFormat={(format) => {
                const { value, selectionStart = 0, selectionEnd = 0 } = area.current ?? { value: '' };
                writing.apply(formatted(value, selectionStart, selectionEnd, format));
              }}
            />
          )}
          <div class="composer-row" data-recording={recording || undefined}>
            {recording && <VoiceBar voice={voice} />}
            {!editing && <AttachButton conversation={conversation} onAdded={() => area.current?.focus()} />}
            <ComposerArea
              area={area}
              text={text}
              draft={draftKey(conversation, composing)}
              label={editing ? t('composer.edit_label') : t('composer.label', { place })}
              placeholder={t('composer.placeholder', { place })}
              invalid={refusal === 'too_long'}
              list={list}
              completion={completion.shown}
              onLook={completion.look}
              onClose={completion.close}
              handlers={{
                ...keys,
                onBeforeInput: writing.onBeforeInput,
                onInput(event) {
                  sending.forgetSent();
                  writing.onInput(event);
                  completion.look();
                },
              }}
            />
            <ComposerTools
              bar={bar}
              formatting={formatting}
              editing={editing}
              disabled={refused}
              alone={elsewhere ? destination.username : undefined}
              voice={speaks ? voice : undefined}
              onFormatting={() => setFormatting(!formatting)}
              onEmoji={writing.insert}
            />
          </div>
        </div>
        <p class="composer-hint" aria-hidden="true">
          {editing ? '\u00a0' : hint}
        </p>
      </form>
      {sending.asked !== undefined && (
        <AudienceDialog
          username={sending.asked}
          place={place}
          onAnswer={(toAll) => {
            sending.decide(toAll);
            writing.forgetTold();
          }}
          onClose={sending.forgetAsked}
        />
      )}
      {sending.calling && (
        <CallDialog
          call={sending.calling}
          place={place}
          onAnswer={sending.decideCall}
          onClose={sending.forgetCalling}
        />
      )}
      {sending.emptied && <DeleteDialog entry={sending.emptied} onClose={sending.forgetEmptied} />}
    </div>
  );
}

function useDestination(conversation: string, text: string, editing: boolean, withFiles: boolean): Destination {
  const { store } = useApp();
  // Whether `@name` is known may change while one writes.
  useSelector((state) => state.daemon?.people);
  // An edit stays where the message is.
  if (editing) return { kind: 'here', conversation, text };
  return (withFiles ? filesDestination : destinationOf)(store.get(), conversation, text);
}

/** When the conversation opens, and whenever something else is to be written there: behind the text that stands there. */
function useFocus(area: { readonly current: HTMLTextAreaElement | null }, at: string | undefined): void {
  const opened = useRef(false);
  // Before the browser paints: what is typed at once already goes into it.
  useLayoutEffect(() => {
    const { current } = area;
    const asked = opened.current;
    opened.current = true;
    // A touch keyboard that comes up unasked hides what one came to read.
    if (!current || !(asked || hasFinePointer())) return;
    current.focus();
    current.setSelectionRange(current.value.length, current.value.length);
  }, [area, at]);
}
