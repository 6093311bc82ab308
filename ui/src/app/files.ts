/** What is done with files before they are sent, and the sending (files/outgoing.ts). */
import { FILE_NAME_MAX, FILE_SIZE_MAX, safeFileName, shownFileName } from '../../../protocol/files.js';
import { isStorable } from '../../../protocol/text.js';
import { isSeenMessage } from '../../../protocol/visible.js';
import { isBlocked, type Looks, type OutgoingChange, type OutgoingFile, trayOf } from '../files/outgoing.js';
import { prepare } from '../files/prepare.js';
import type { Recorded } from '../files/recorder.js';
import { stamp } from '../files/transfer.js';
import { TRAY_FILES_MAX } from '../limits.js';
import type { State } from '../state/model.js';
import { utf8Length } from '../text/bytes.js';
import { withEmoji } from '../text/emoji-shortcodes.js';
import { emojiOf } from './composer-emoji.js';
import type { App } from './context.js';
import { type Destination, destinationOf, emptyDraft, refusalOf, trimmed } from './messages.js';

/** Into the tray of a conversation. What cannot be taken is said, and the rest is. */
export function addFiles(app: App, conversation: string, files: readonly File[]): void {
  const { store, t, formats } = app;
  const fitting = files.filter(({ size }) => size <= FILE_SIZE_MAX);
  for (const { name } of files.filter(({ size }) => size > FILE_SIZE_MAX)) {
    tell(app, t('sending.too_large', { name: shownFileName(name), max: formats.size(FILE_SIZE_MAX) }));
  }
  const room = Math.max(0, TRAY_FILES_MAX - trayOf(store.get().outgoing, conversation).length);
  if (fitting.length > room) tell(app, t('sending.tray_full', { count: TRAY_FILES_MAX }));
  const added = fitting.slice(0, room).map((file) => held(app, conversation, file, {}));
  if (added.length === 0) return;
  change(app, { kind: 'add', files: added.map(({ outgoing }) => outgoing) });
  for (const { outgoing, file } of added) look(app, outgoing, file);
}

/** A voice message goes at once: all that is shown of it is known. */
export function sendVoice(app: App, conversation: string, recorded: Recorded): void {
  const { outgoing } = heldVoice(app, conversation, recorded);
  const order = { conversation, message: '', ...answered(app.store.get(), conversation, conversation) };
  change(app, { kind: 'add', files: [{ ...outgoing, order, phase: 'queued' }] });
  cancelAnswer(app, conversation, order);
}

/** It waits in the tray: its conversation was left while it was recorded. */
export function keepVoice(app: App, conversation: string, recorded: Recorded): void {
  const { outgoing } = heldVoice(app, conversation, recorded);
  change(app, { kind: 'add', files: [{ ...outgoing, phase: 'ready' }] });
}

function heldVoice(app: App, conversation: string, { blob, duration, waveform }: Recorded): Held {
  const extension = { 'audio/mp4': 'm4a', 'audio/ogg': 'ogg' }[blob.type] ?? 'webm';
  const file = new File([blob], `voice-${stamp(app.now())}.${extension}`, { type: blob.type });
  return held(app, conversation, file, { duration, voice: true, ...(waveform !== undefined && { waveform }) });
}

interface Held {
  readonly outgoing: OutgoingFile;
  readonly file: File;
}

function held(app: App, conversation: string, file: File, looks: Looks): Held {
  const id = app.newId();
  app.uploads.hold(id, file);
  const outgoing: OutgoingFile = {
    ...{ id, conversation, name: nameOf(file), size: file.size, mime: mimeOf(file) },
    ...{ phase: 'reading', looks, personal: 'none', keepsPersonal: false, done: 0 },
  };
  return { outgoing, file };
}

/** One at a time: a decoded picture takes much memory. */
let looking: Promise<void> = Promise.resolve();

function look(app: App, { id, mime }: OutgoingFile, file: File): void {
  looking = looking.then(async () => {
    // Removed before it was its turn.
    if (!app.store.get().outgoing.some((known) => known.id === id)) return;
    try {
      const { looks, personal, cleaned } = await prepare(file, mime);
      if (cleaned) app.uploads.holdCleaned(id, cleaned);
      change(app, { kind: 'read', id, looks, personal });
    } catch {
      change(app, { kind: 'unreadable', id, problem: app.t('sending.unreadable') });
    }
  });
}

/** As its owner calls it, where that can be sent at all. */
function nameOf({ name }: File): string {
  return name !== '' && utf8Length(name) <= FILE_NAME_MAX && isStorable(name)
    ? name
    : safeFileName(name.toWellFormed());
}

/** Type and subtype alone, as the protocol has it. */
function mimeOf({ type }: File): string {
  const [mime = ''] = type.toLowerCase().split(';');
  const bare = mime.trim();
  const part = /^[a-z0-9][a-z0-9!#$&^_.+-]{0,62}$/;
  const parts = bare.split('/');
  return parts.length === 2 && parts.every((each) => part.test(each)) ? bare : 'application/octet-stream';
}

/** Where the tray would go: to whom the text beside it is for. */
export function filesDestination(state: State, conversation: string, text: string): Destination {
  // With something to read behind it, so that a name alone is a name as well.
  const destination = destinationOf(state, conversation, `${text} …`);
  return { ...destination, text: destination.text.replace(/ ?…$/u, '') };
}

export type FilesRefusal = 'too_long' | 'blocked';

/** Why the tray cannot go with this text; its captions may be empty. */
export function filesRefusal(state: State, conversation: string, text: string): FilesRefusal | undefined {
  const caption = filesDestination(state, conversation, text).text;
  if (refusalOf(state, caption) === 'too_long') return 'too_long';
  return trayOf(state.outgoing, conversation).some(isBlocked) ? 'blocked' : undefined;
}

/** Sends the tray, with the draft as its caption. Answers where it went; undefined where it stays. */
export function sendFiles(
  app: App,
  conversation: string,
  draft: string,
  toAll = false,
  call?: boolean,
): Destination | undefined {
  const state = app.store.get();
  const written = withEmoji(trimmed(draft), emojiOf(app));
  if (filesRefusal(state, conversation, written)) return undefined;
  const destination: Destination = toAll
    ? { kind: 'here', conversation, text: written }
    : filesDestination(state, conversation, written);
  const message = isSeenMessage(destination.text) ? destination.text : '';
  const reply = answered(state, conversation, destination.conversation);
  const calling = call === undefined ? {} : { call };
  const order = { conversation: destination.conversation, message, group: app.newId(), ...reply, ...calling };
  change(app, { kind: 'send', from: conversation, order });
  cancelAnswer(app, conversation, order);
  emptyDraft(app, conversation);
  return destination;
}

/** An answer stands in the conversation of what it answers. */
function answered(state: State, written: string, goesTo: string): { replyTo?: string } {
  const at = state.composing[written];
  return at?.mode === 'reply' && written === goesTo ? { replyTo: at.entry.id } : {};
}

function cancelAnswer({ store }: App, conversation: string, { replyTo }: { readonly replyTo?: string }): void {
  if (replyTo !== undefined) store.dispatch({ type: 'compose/cancel', conversation });
}

export function removeFile(app: App, id: string): void {
  change(app, { kind: 'remove', id });
}

/** In its tray, past so many others. */
export function moveFile(app: App, id: string, by: number): void {
  change(app, { kind: 'move', id, by });
}

/** Whether pictures go with what they tell of place and camera. */
export function setPersonal(app: App, ids: readonly string[], keeps: boolean): void {
  change(app, { kind: 'personal', ids, keeps });
}

export function retryFile(app: App, id: string): void {
  change(app, { kind: 'phase', id, phase: 'queued' });
}

/** Whether anything is lost when this page goes: files in a tray, or bytes that nobody but this page can send. */
export function wouldLoseFiles({ outgoing }: State): boolean {
  return outgoing.some(({ kept, phase }) => !kept && phase !== 'lost');
}

/** Goes on with a file that a page before this one had begun to send. */
export async function regainFile(app: App, { id, name }: OutgoingFile, chosen: File): Promise<void> {
  const isSame = await app.keptUploads.choose(id, chosen).catch(() => false);
  if (!isSame) tell(app, app.t('sending.lost_unlike', { name: shownFileName(name) }));
}

export function allowFile(app: App, { id }: OutgoingFile): Promise<void> {
  return app.keptUploads.allow(id);
}

function tell({ store, newId }: App, text: string): void {
  store.dispatch({ type: 'alert', id: newId(), text });
}

function change({ store }: App, made: OutgoingChange): void {
  store.dispatch({ type: 'outgoing', change: made });
}
