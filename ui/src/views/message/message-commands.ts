/** What one can do with a message, by menu, toolbar and key. */
import type { EntryView } from '../../../../protocol/local-api.js';
import type { App } from '../../app/context.js';
import { fetchFile, saveFile } from '../../app/file-actions.js';
import { markUnreadFrom, pinMessage, replyTo, startEdit } from '../../app/message-actions.js';
import { showPerson } from '../../app/trust.js';
import { copy } from '../../components/copying.js';
import type { IconName } from '../../components/icon.js';
import { sameName } from '../../state/entries.js';
import { fileLook } from '../../state/files.js';
import { isOwnMessage } from '../../state/relations.js';
import { closedState } from '../../state/sidebar.js';

export interface MessageCommand {
  readonly id: string;
  readonly label: string;
  readonly icon: IconName;
  /** The key that does it while the message has the focus, as `KeyboardEvent.key` names it. */
  readonly key?: string;
  readonly danger?: boolean;
  run(): void;
}

/** What the row itself has to do. */
export interface RowSteps {
  react(): void;
  askDelete(): void;
  tellMore(): void;
  /** Says for a moment that something was done. */
  say(text: string): void;
}

/** Where a message is found in this peer's window. */
function linkTo(entry: EntryView): string {
  return `${location.origin}/#/m/${entry.id}`;
}

/** What is written into the conversation: where that is closed, nobody does it. */
const WRITTEN: ReadonlySet<string> = new Set(['react', 'reply', 'edit', 'pin']);

/** In the order of the menu. */
export function commandsFor(app: App, entry: EntryView, self: string, steps: RowSteps): readonly MessageCommand[] {
  const { t } = app;
  const own = isOwnMessage(entry, self);
  const look = fileLook(entry);
  const pinned = entry.pinned !== undefined;
  const { daemon } = app.store.get();
  const isClosed = daemon !== undefined && closedState(daemon, entry.conversation) !== undefined;
  const copied = async (text: string, done: string): Promise<void> => {
    if (await copy(app, text)) steps.say(done);
  };
  const all: readonly (MessageCommand | false | undefined)[] = [
    { id: 'react', label: t('message.react'), icon: 'smileAdd', key: '+', run: steps.react },
    { id: 'reply', label: t('message.reply'), icon: 'reply', key: 'r', run: () => replyTo(app, entry) },
    own && { id: 'edit', label: t('message.edit'), icon: 'pen', key: 'e', run: () => startEdit(app, entry) },
    {
      id: 'pin',
      label: t(pinned ? 'message.unpin' : 'message.pin'),
      icon: 'pin',
      key: 'p',
      run: () => void pinMessage(app, entry, !pinned),
    },
    look !== undefined &&
      entry.here && { id: 'save', label: t('file.save_as'), icon: 'download', key: 's', run: () => saveFile(look) },
    look !== undefined &&
      !entry.here && {
        id: 'fetch',
        label: t('file.fetch_it'),
        icon: 'download',
        key: 's',
        run: () => void fetchFile(app, look.sha256),
      },
    (entry.kind === 'text' || entry.message !== '') && {
      id: 'copy',
      label: t('message.copy'),
      icon: 'copy',
      key: 'c',
      run: () => void copied(entry.message, t('message.text_copied')),
    },
    {
      id: 'link',
      label: t('message.copy_link'),
      icon: 'link',
      key: 'l',
      run: () => void copied(linkTo(entry), t('message.link_copied')),
    },
    {
      id: 'unread',
      label: t('message.mark_unread'),
      icon: 'unread',
      key: 'u',
      run: () => void markUnreadFrom(app, entry),
    },
    { id: 'info', label: t('message.info'), icon: 'info', key: 'i', run: steps.tellMore },
    !sameName(entry.from, self) && {
      id: 'person',
      label: t('message.person', { name: entry.from }),
      icon: 'members',
      run: () => showPerson(app, entry.from),
    },
    own && {
      id: 'delete',
      label: t('message.delete'),
      icon: 'trash',
      key: 'Delete',
      danger: true,
      run: steps.askDelete,
    },
  ];
  return all
    .filter((command) => command !== false && command !== undefined)
    .filter(({ id }) => !isClosed || !WRITTEN.has(id));
}

const common = ['👍', '❤️', '😂'];

/** The emoji at hand: those used last, filled up with common ones. `recent`: the newest first. */
export function quickReactions(recent: readonly string[]): readonly string[] {
  return [...new Set([...recent, ...common])].slice(0, common.length);
}
