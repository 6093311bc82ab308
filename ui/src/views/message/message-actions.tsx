import { useCallback, useEffect, useMemo, useRef, useState } from 'preact/hooks';
import type { EntryView } from '../../../../protocol/local-api.js';
import { toggleReaction } from '../../app/message-actions.js';
import { useApp, useDaemon } from '../../app/use-app.js';
import { EmojiPicker } from '../../components/emoji/emoji-picker.js';
import { Sheet } from '../../components/sheet.js';
import { parseRecent } from '../../text/emoji-choice.js';
import { DeleteDialog } from './delete-dialog.js';
import { InfoDialog } from './info-dialog.js';
import { commandsFor, quickReactions, type MessageCommand } from './message-commands.js';
import { MessageMenu } from './message-menu.js';
import { MessageToolbar } from './message-toolbar.js';
import { useRow, type Commands } from './use-row.js';

/** How long it is said that something was done, ms. */
const SAID_MS = 2_500;

interface MessageActionsProps {
  readonly entry: EntryView;
  readonly name: string;
  /** Where there is no room for a whole toolbar: the menu has all of it. */
  readonly small?: boolean;
}

/** What one can do with a message: a toolbar while it is pointed at or has the focus, a menu, and what these open. */
export function MessageActions({ entry, name, small = false }: MessageActionsProps) {
  const app = useApp();
  const { t, persisted } = app;
  const self = useDaemon(({ me }) => me.username);
  const inside = useRef<HTMLDivElement>(null);
  const [said, say] = useSaid();
  const known = useRef<Commands>(() => []);
  const { active, overlay, anchor, open, close } = useRow(inside, known);
  const commands = useCallback(
    () =>
      commandsFor(app, entry, self, {
        react: () => open('react', anchor.current?.isConnected ? anchor.current : undefined),
        askDelete: () => open('delete'),
        tellMore: () => open('info'),
        say,
      }),
    [app, entry, self, open, anchor, say],
  );
  known.current = commands;
  const shown = useMemo(() => (active ? commands() : []), [active, commands]);
  const quick = useMemo(
    () => (shown.some(({ id }) => id === 'react') ? quickReactions(parseRecent(persisted.read('emoji.recent'))) : []),
    [shown, persisted],
  );
  const react = (emoji: string): void => {
    close();
    void toggleReaction(app, entry, emoji);
  };
  const choose = (command: MessageCommand): void => {
    close();
    command.run();
  };
  // Asked for where it is shown: most rows are never pointed at.
  const label = active ? t('message.actions', { name }) : '';
  return (
    <div ref={inside} class="message-actions">
      {active && (
        <MessageToolbar {...{ label, quick, small, commands: shown, open: overlay }} onReact={react} onOpen={open} />
      )}
      <span class={said === '' ? 'visually-hidden' : 'message-said'} role="status">
        {said}
      </span>
      {overlay === 'menu' && (
        <Sheet anchor={anchor} label={label} onClose={close}>
          <MessageMenu label={label} commands={shown} quick={quick} onReact={react} onChoose={choose} />
        </Sheet>
      )}
      {overlay === 'react' && (
        <Sheet anchor={anchor} label={t('message.react')} onClose={close}>
          <EmojiPicker onPick={react} />
        </Sheet>
      )}
      {overlay === 'delete' && <DeleteDialog entry={entry} onClose={close} />}
      {overlay === 'info' && <InfoDialog entry={entry} onClose={close} />}
    </div>
  );
}

function useSaid(): readonly [string, (text: string) => void] {
  const [said, setSaid] = useState('');
  useEffect(() => {
    if (said === '') return undefined;
    const timer = setTimeout(() => setSaid(''), SAID_MS);
    return () => clearTimeout(timer);
  }, [said]);
  return [said, setSaid];
}
