import type { TargetedMouseEvent } from 'preact';
import { useRef } from 'preact/hooks';
import { useApp } from '../../app/use-app.js';
import { Icon } from '../../components/icon.js';
import type { MessageCommand } from './message-commands.js';
import type { Overlay } from './use-row.js';

interface MessageToolbarProps {
  readonly label: string;
  readonly quick: readonly string[];
  readonly commands: readonly MessageCommand[];
  readonly open: Overlay | undefined;
  /** Only the menu. */
  readonly small: boolean;
  onReact(emoji: string): void;
  onOpen(overlay: Overlay, beside: HTMLElement): void;
}

/** What is done most; the rest is in the menu. */
export function MessageToolbar({ label, quick, commands, open, small, onReact, onOpen }: MessageToolbarProps) {
  const { t } = useApp();
  const before = useRef<Overlay>(undefined);
  const reply = commands.find(({ id }) => id === 'reply');
  // A press closes what is open by itself before the click comes, which must not open it again.
  const onOpenClick = (overlay: Overlay, { detail, currentTarget }: TargetedMouseEvent<HTMLButtonElement>): void => {
    if (detail === 0 || before.current !== overlay) onOpen(overlay, currentTarget);
  };
  return (
    <div class="message-toolbar" role="group" aria-label={label} onPointerDown={() => (before.current = open)}>
      {!small && (
        <>
          {quick.map((emoji) => (
            <button
              key={emoji}
              type="button"
              class="tool quick-reaction"
              aria-label={t('message.react_with', { emoji })}
              title={t('message.react_with', { emoji })}
              onClick={() => onReact(emoji)}
            >
              {emoji}
            </button>
          ))}
          {quick.length > 0 && (
            <button
              type="button"
              class="tool"
              aria-label={t('message.react')}
              title={`${t('message.react')} (+)`}
              aria-haspopup="dialog"
              aria-expanded={open === 'react'}
              onClick={(event) => onOpenClick('react', event)}
            >
              <Icon name="smileAdd" />
            </button>
          )}
          {reply && (
            <button
              type="button"
              class="tool"
              aria-label={reply.label}
              title={`${reply.label} (R)`}
              onClick={reply.run}
            >
              <Icon name="reply" />
            </button>
          )}
        </>
      )}
      <button
        type="button"
        class="tool"
        aria-label={t('message.more')}
        title={`${t('message.more')} (.)`}
        aria-haspopup="menu"
        aria-expanded={open === 'menu'}
        onClick={(event) => onOpenClick('menu', event)}
      >
        <Icon name="more" />
      </button>
    </div>
  );
}
