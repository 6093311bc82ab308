/** Writing: the message goes into the outbox at once, and from there to the daemon. */
import { directConversation, parseUsername, type Username } from '../../../protocol/ids.js';
import { actionMessage, actionOf } from '../../../protocol/action.js';
import { CALL_UNASKED } from '../../../protocol/limits.js';
import { callIn } from '../../../protocol/mentions.js';
import { asTyped, unslashed } from '../../../protocol/slash-commands.js';
import { toStorable } from '../../../protocol/text.js';
import { isSeenMessage } from '../../../protocol/visible.js';
import { MESSAGE_MAX, OUTBOX_MAX } from '../limits.js';
import { sameName } from '../state/entries.js';
import type { OutboxItem, State } from '../state/model.js';
import { blockedName } from '../state/sidebar.js';
import { utf8Length } from '../text/bytes.js';
import { withEmoji } from '../text/emoji-shortcodes.js';
import { addressedTo } from '../text/private.js';
import { splitMessage } from '../text/split-message.js';
import { emojiOf } from './composer-emoji.js';
import type { App } from './context.js';

/**
 * Where a text in a composer would go. `private`: to one user alone, though written elsewhere; `username` as they
 * write it. `stranger`: it starts with `@name`, but nobody of that name is known, so it goes where it was written.
 */
export type Destination =
  | { readonly kind: 'here'; readonly conversation: string; readonly text: string; readonly stranger?: string }
  | { readonly kind: 'private'; readonly conversation: string; readonly text: string; readonly username: string };

export function destinationOf(state: State, conversation: string, text: string): Destination {
  const self = parseUsername(state.daemon?.me.username ?? '');
  const addressed = addressedTo(text);
  if (!addressed || !self || sameName(addressed.username, self))
    return { kind: 'here', conversation, text: unslashed(text) };
  // Also of somebody blocked: what is meant for one alone must not be read by all.
  const person = state.daemon?.people[addressed.username.toLowerCase()]?.username;
  const other = parseUsername(person ?? (state.daemon && blockedName(state.daemon, addressed.username)) ?? '');
  if (!other && conversation.startsWith('#') && isCall(addressed.username)) return { kind: 'here', conversation, text };
  if (!other) return { kind: 'here', conversation, text, stranger: addressed.username };
  return { kind: 'private', conversation: directConversation(self, other), text: addressed.text, username: other };
}

const isCall = (name: string): boolean => name === 'all' || name === 'here';

/** Whom a message would call that is sent now, where so many are to be asked for first; undefined for no more than a few. */
export function callOf(state: State, { kind, conversation, text }: Destination): Call | undefined {
  if (kind !== 'here' || !conversation.startsWith('#')) return undefined;
  const members = state.daemon?.channels[conversation.slice(1)]?.members ?? 0;
  const called = members > CALL_UNASKED ? callIn(text, (name) => knownName(state, name)) : undefined;
  return called && { called, members };
}

export interface Call {
  readonly called: 'all' | 'here';
  readonly members: number;
}

function knownName({ daemon }: State, name: string): Username | undefined {
  return parseUsername(daemon?.people[name.toLowerCase()]?.username ?? '');
}

/** `toAll`: to those of the conversation, also where the text begins with a name. */
export function destinationNow(app: App, conversation: string, text: string, toAll: boolean): Destination {
  return toAll ? { kind: 'here', conversation, text } : destinationOf(app.store.get(), conversation, text);
}

/** Whether this user has been told, in this browser, that a message which begins with a name goes to that person alone. */
export function knowsPrivate({ persisted, store }: App): boolean {
  return persisted.read(privateKey(store.get())) === 'known';
}

export function learntPrivate({ persisted, store }: App): void {
  persisted.write(privateKey(store.get()), 'known');
}

function privateKey({ daemon }: State): string {
  return `${(daemon?.me.username ?? '').toLowerCase()}.private`;
}

export type Refusal = 'empty' | 'too_long' | 'outbox_full';

export function refusalOf(state: State, text: string): Refusal | undefined {
  if (!isSeenMessage(text)) return 'empty';
  if (utf8Length(text) > MESSAGE_MAX) return 'too_long';
  return state.outbox.length >= OUTBOX_MAX ? 'outbox_full' : undefined;
}

/** Empties the draft and answers where the message went; undefined when it was refused and the draft stays. */
export function sendMessage(
  app: App,
  conversation: string,
  draft: string,
  toAll = false,
  call?: boolean,
): Destination | undefined {
  const written = withEmoji(trimmed(draft), emojiOf(app));
  const destination = destinationNow(app, conversation, written, toAll);
  if (refusalOf(app.store.get(), destination.text)) return undefined;
  post(app, conversation, destination, [destination.text], { ...(call !== undefined && { call }) });
  emptyDraft(app, conversation);
  return destination;
}

/** What the user does (`/me`), from `text` without that. Answers why not. */
export function sendAction(app: App, conversation: string, text: string, call?: boolean): Refusal | undefined {
  const message = actionMessage(text);
  const refusal = refusalOf(app.store.get(), message);
  if (!refusal)
    post(app, conversation, { kind: 'here', conversation, text: message }, [message], {
      action: true,
      ...(call !== undefined && { call }),
    });
  return refusal;
}

/** A text that is too long for one message, as several. Undefined when they do not fit into the outbox either. */
export function sendInParts(app: App, conversation: string, draft: string, toAll = false): Destination | undefined {
  const destination = destinationNow(app, conversation, trimmed(draft), toAll);
  const parts = splitMessage(destination.text, MESSAGE_MAX);
  if (parts.length === 0 || app.store.get().outbox.length + parts.length > OUTBOX_MAX) return undefined;
  post(app, conversation, destination, parts);
  emptyDraft(app, conversation);
  return destination;
}

/** Hands messages to the outbox in their order; the first answers what the composer of `written` answers. */
export function post(
  app: App,
  written: string,
  { conversation }: Destination,
  parts: readonly string[],
  more: Pick<OutboxItem, 'action' | 'call'> = {},
): void {
  const { store } = app;
  const { composing } = store.get();
  // An answer stands in the conversation of what it answers; something said privately meanwhile is none.
  const answered = composing[written]?.mode === 'reply' && written === conversation && composing[written].entry.id;
  for (const [index, message] of parts.entries()) {
    const replyTo = answered && index === 0 ? { replyTo: answered } : {};
    const item = { client: app.newId(), conversation, message, createdAt: nextTime(app), phase: 'queued' } as const;
    store.dispatch({ type: 'outbox/add', item: { ...item, ...replyTo, ...more } });
  }
  if (answered) store.dispatch({ type: 'compose/cancel', conversation: written });
  app.outbox.pump();
}

export function emptyDraft({ store }: App, conversation: string): void {
  store.dispatch({ type: 'draft', conversation, text: '' });
}

/** Of the next that waits: later than all that wait: by this time a new page puts them in the order in which they were written. */
export function nextTime({ store, now }: App): number {
  return Math.max(now(), (store.get().outbox.at(-1)?.createdAt ?? 0) + 1);
}

/** Ctrl-V of what no daemon can keep leaves it out. Empty lines around a message are nobody's wish; the indentation of its first line may be. */
export function trimmed(text: string): string {
  return toStorable(text)
    .replace(/^(?:[^\S\n]*\n)+/, '')
    .trimEnd();
}

export function retryMessage(app: App, client: string): void {
  app.store.dispatch({ type: 'outbox/phase', client, phase: 'queued' });
  app.outbox.pump();
}

/** Takes a message that was never accepted back into the composer, where nothing else is written there. */
export function discardMessage(app: App, client: string): void {
  const { outbox, drafts } = app.store.get();
  const item = outbox.find((known) => known.client === client);
  app.store.dispatch({ type: 'outbox/drop', client });
  if (!item || (drafts[item.conversation] ?? '') !== '') return;
  const action = actionOf({ kind: 'text', message: item.message, data: { action: item.action } });
  app.store.dispatch({ type: 'draft', conversation: item.conversation, text: asTyped(item.message, action) });
}
