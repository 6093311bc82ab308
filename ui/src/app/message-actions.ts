/** What one can do with a message. What the daemon has to do shows as asked for until it answers (state/relations.ts). */
import type { CommandArguments, EntryView } from '../../../protocol/local-api.js';
import type { AskedChange, Change } from '../state/relations.js';
import { hasReacted, reactionsWith } from '../state/relations.js';
import type { App } from './context.js';
import { failureText } from './failures.js';

type ChangeCommand = 'message.react' | 'message.edit' | 'message.delete' | 'message.pin';

/** The composer of the entry's conversation answers it from now on. */
export function replyTo({ store }: App, entry: EntryView): void {
  store.dispatch({ type: 'compose/reply', entry });
}

/** The composer writes an own message anew from now on. */
export function startEdit({ store }: App, entry: EntryView): void {
  store.dispatch({ type: 'compose/edit', entry });
}

export function cancelComposing({ store }: App, conversation: string): void {
  store.dispatch({ type: 'compose/cancel', conversation });
}

/** Each of the four answers whether it was done; else the person has been told why not. An edited text is then the caller's to put back. */
export function editMessage(app: App, entry: EntryView, message: string): Promise<boolean> {
  return change(app, entry, { kind: 'edit', message }, 'message.edit', { target: entry.id, message });
}

export function deleteMessage(app: App, entry: EntryView): Promise<boolean> {
  return change(app, entry, { kind: 'delete' }, 'message.delete', { target: entry.id });
}

export function pinMessage(app: App, entry: EntryView, on: boolean): Promise<boolean> {
  return change(app, entry, { kind: 'pin', on }, 'message.pin', { target: entry.id, on });
}

/** Puts the user's reaction there, or takes it back. */
export function toggleReaction(app: App, entry: EntryView, emoji: string): Promise<boolean> {
  const { asked, daemon } = app.store.get();
  const self = daemon?.me.username ?? '';
  const shown = reactionsWith(entry.reactions ?? [], asked[entry.id] ?? [], self);
  const on = !hasReacted(shown, emoji, self);
  return change(app, entry, { kind: 'react', emoji, on }, 'message.react', { target: entry.id, emoji, on });
}

/** Everything from the entry on counts as unread again, in all windows of this peer. */
export async function markUnreadFrom(app: App, entry: EntryView): Promise<void> {
  try {
    await app.commands.run('conversation.unread', { conversation: entry.conversation, from: entry.id });
  } catch (error) {
    tell(app, app.t('message.unread_failed', { reason: failureText(app.t, error) }));
  }
}

async function change<Name extends ChangeCommand>(
  app: App,
  { id: target, conversation }: EntryView,
  what: Change,
  command: Name,
  args: CommandArguments<Name>,
): Promise<boolean> {
  const { store, t } = app;
  const asked: AskedChange = { id: app.newId(), change: what };
  store.dispatch({ type: 'change/asked', target, asked });
  try {
    const { entry } = await app.commands.run(command, args);
    // The answer is what the event will say; shown now, so that nothing falls back in between.
    store.dispatch({ type: 'event', event: { type: 'changed', conversation, entries: [entry] } });
    return true;
  } catch (error) {
    tell(app, t(`message.${what.kind}_failed`, { reason: failureText(t, error) }));
    return false;
  } finally {
    store.dispatch({ type: 'change/answered', target, id: asked.id });
  }
}

function tell({ store, newId }: App, text: string): void {
  store.dispatch({ type: 'alert', id: newId(), text });
}
