import { useRef, useState } from 'preact/hooks';
import { readSlash, windowSlashNames, type Typed, type WindowSlashName } from '../../../../protocol/slash-commands.js';
import type { EntryView } from '../../../../protocol/local-api.js';
import { saveEdit } from '../../app/composer.js';
import { withEmojiHere } from '../../app/composer-emoji.js';
import { filesDestination, sendFiles } from '../../app/files.js';
import {
  callOf,
  destinationOf,
  emptyDraft,
  knowsPrivate,
  learntPrivate,
  sendInParts,
  sendMessage,
  trimmed,
  type Call,
  type Destination,
} from '../../app/messages.js';
import type { App } from '../../app/context.js';
import { runSlash, type Answer } from '../../app/slash-commands.js';
import { useApp } from '../../app/use-app.js';
import { trayOf } from '../../files/outgoing.js';
import { composerText } from '../../state/drafts.js';

type Send = typeof sendMessage;

/** What went to one person alone. `again`: the text as it was written, where all can still be told it. */
export interface SentAlone {
  readonly username: string;
  readonly again?: string;
}

/** What Enter and the button do: send, save the edit, ask who is to see it, or whether the message is to go. */
export function useSending(conversation: string) {
  const app = useApp();
  const [sentTo, setSentTo] = useState<SentAlone>();
  /** Meant for this person alone, unless the one who writes says otherwise. */
  const [asked, setAsked] = useState<{ readonly username: string; readonly send: Send }>();
  /** The message of which an edit has left nothing over. */
  const [emptied, setEmptied] = useState<EntryView>();

  /** So many would be called: the one who writes is asked first. */
  const [calling, setCalling] = useState<Call & { go(call: boolean): void }>();

  /** What came of the last command. */
  const [answer, setAnswer] = useState<Answer>();
  const running = useRef(false);
  const command = async (
    text: string,
    typed: Exclude<Typed<WindowSlashName>, { kind: 'text' }>,
    answered?: boolean,
  ): Promise<void> => {
    if (running.current) return;
    // What one does may call as many as what one says.
    const isAction = typed.kind === 'command' && typed.name === 'me';
    const asked =
      isAction && answered === undefined
        ? callOf(app.store.get(), { kind: 'here', conversation, text: typed.rest })
        : undefined;
    if (asked) return setCalling({ ...asked, go: (answer) => void command(text, typed, answer) });
    running.current = true;
    const said = await answerTo(app, conversation, typed, answered);
    running.current = false;
    setAnswer(said);
    // Not what was typed meanwhile.
    if (said.done && composerText(app.store.get(), conversation) === text) emptyDraft(app, conversation);
  };

  const run = (send: Send, toAll: boolean): void => {
    const text = composerText(app.store.get(), conversation);
    const sent = send(app, conversation, text, toAll);
    if (!sent) return;
    const again = send === sendMessage && sent.conversation !== conversation ? { again: text } : {};
    setSentTo(sent.kind === 'private' ? { username: sent.username, ...again } : undefined);
  };
  /** Everywhere else a name at the beginning only calls that person: nobody is to learn the rule by a message that is lost. */
  const begin = (send: Send): void => {
    const state = app.store.get();
    const text = composerText(state, conversation);
    const to: Destination = (send === sendFiles ? filesDestination : destinationOf)(state, conversation, text);
    const call = send === sendInParts ? undefined : callOf(state, to);
    if (call) {
      const go = (answer: boolean) =>
        send(app, conversation, composerText(app.store.get(), conversation), false, answer);
      setCalling({ ...call, go });
    } else if (to.kind === 'private' && to.conversation !== conversation && !knowsPrivate(app))
      setAsked({ username: to.username, send });
    else run(send, false);
  };
  return {
    sentTo,
    asked: asked?.username,
    emptied,
    answer: answer?.text === undefined ? undefined : answer,
    forgetSent() {
      setSentTo(undefined);
      setAnswer(undefined);
    },
    calling,
    forgetCalling: () => setCalling(undefined),
    decideCall(call: boolean): void {
      setCalling(undefined);
      calling?.go(call);
    },
    forgetAsked: () => setAsked(undefined),
    forgetEmptied: () => setEmptied(undefined),
    decide(toAll: boolean): void {
      setAsked(undefined);
      if (!toAll) learntPrivate(app);
      if (asked) run(asked.send, toAll);
    },
    /** What went to one alone goes to all of this conversation as well. */
    sendToAll(): void {
      if (sentTo?.again !== undefined) sendMessage(app, conversation, sentTo.again, true);
      setSentTo(undefined);
    },
    send(): void {
      const state = app.store.get();
      const text = composerText(state, conversation);
      const composing = state.composing[conversation];
      const files = trayOf(state.outgoing, conversation).length > 0;
      const typed = readSlash(trimmed(text), windowSlashNames);
      setAnswer(undefined);
      if (composing?.mode !== 'edit' && typed.kind !== 'text') {
        if (files) setAnswer({ done: false, text: app.t('commands.with_files') });
        else withEmojiHere(app, text, () => void command(text, typed));
      } else if (composing?.mode !== 'edit') withEmojiHere(app, text, () => begin(files ? sendFiles : sendMessage));
      else if (text.trim() === '') setEmptied(composing.entry);
      else withEmojiHere(app, text, () => void saveEdit(app, composing.entry, text));
    },
    sendParts: () => begin(sendInParts),
  };
}

/** A command is run; one that is none, or lacks what it needs, is explained. */
async function answerTo(
  app: App,
  conversation: string,
  typed: Exclude<Typed<WindowSlashName>, { kind: 'text' }>,
  call?: boolean,
): Promise<Answer> {
  const { t } = app;
  if (typed.kind === 'unknown') return { done: false, text: t('commands.unknown', { name: typed.name }) };
  if (typed.kind === 'extra') return { done: false, text: t('commands.extra', { name: `/${typed.name}` }) };
  if (typed.kind === 'needs') {
    const example = t(`commands.example_${typed.name as 'me' | 'join'}`);
    return { done: false, text: t('commands.needs', { name: `/${typed.name}`, example }) };
  }
  return runSlash(app, conversation, typed.name, typed.rest, call);
}
