import { useState } from 'preact/hooks';
import type { EntryView } from '../../../../protocol/local-api.js';
import { saveEdit } from '../../app/composer.js';
import { sendFiles } from '../../app/files.js';
import { sendInParts, sendMessage, type Destination } from '../../app/messages.js';
import { useApp } from '../../app/use-app.js';
import { trayOf } from '../../files/outgoing.js';
import { composerText } from '../../state/drafts.js';

/** What Enter and the button do: send, save the edit, or ask whether the message is to go. */
export function useSending(conversation: string) {
  const app = useApp();
  /** To whom the last message from here went privately. */
  const [sentTo, setSentTo] = useState<string>();
  /** The message of which an edit has left nothing over. */
  const [emptied, setEmptied] = useState<EntryView>();

  const after = (sent: Destination | undefined): void => {
    if (sent) setSentTo(sent.kind === 'private' ? sent.username : undefined);
  };
  return {
    sentTo,
    emptied,
    forgetSent: () => setSentTo(undefined),
    forgetEmptied: () => setEmptied(undefined),
    send(): void {
      const state = app.store.get();
      const text = composerText(state, conversation);
      const composing = state.composing[conversation];
      const files = trayOf(state.outgoing, conversation).length > 0;
      if (composing?.mode !== 'edit') after((files ? sendFiles : sendMessage)(app, conversation, text));
      else if (text.trim() === '') setEmptied(composing.entry);
      else void saveEdit(app, composing.entry, text);
    },
    sendParts: () => after(sendInParts(app, conversation, composerText(app.store.get(), conversation))),
  };
}
