import { useEffect, useRef } from 'preact/hooks';
import { useApp } from '../../app/use-app.js';
import { Icon } from '../../components/icon.js';
import type { MessageCommand } from './message-commands.js';

interface MessageMenuProps {
  readonly label: string;
  readonly commands: readonly MessageCommand[];
  readonly quick: readonly string[];
  onReact(emoji: string): void;
  /** Before the command runs, so that the focus may go where it takes it. */
  onChoose(command: MessageCommand): void;
}

/** What one can do, as a menu: the arrows walk, a letter of a shortcut chooses, Escape is the popover's. */
export function MessageMenu({ label, commands, quick, onReact, onChoose }: MessageMenuProps) {
  const { t } = useApp();
  const menu = useRef<HTMLDivElement>(null);
  useEffect(() => menu.current?.querySelector<HTMLElement>('[data-command]')?.focus(), []);

  const onKeyDown = (event: KeyboardEvent): void => {
    const items = [...(menu.current?.querySelectorAll<HTMLElement>('[role="menuitem"]') ?? [])];
    const next = stepTo(event.key, items);
    const command = commands.find(({ key }) => key?.toLowerCase() === event.key.toLowerCase());
    if (event.key === 'Escape' || event.key === 'Enter' || event.key === ' ') return;
    // Nothing that is typed here belongs to the composer.
    event.stopPropagation();
    if (event.key === 'Tab' || next || command) event.preventDefault();
    next?.focus();
    if (!next && command) onChoose(command);
  };

  return (
    <div ref={menu} class="message-menu" role="menu" aria-label={label} onKeyDown={onKeyDown}>
      {quick.length > 0 && (
        <div class="message-menu-quick" role="group" aria-label={t('message.quick')}>
          {quick.map((emoji) => (
            <button
              key={emoji}
              type="button"
              role="menuitem"
              tabIndex={-1}
              class="quick-reaction"
              aria-label={t('message.react_with', { emoji })}
              onClick={() => onReact(emoji)}
            >
              {emoji}
            </button>
          ))}
        </div>
      )}
      {commands.map((command) => (
        <button
          key={command.id}
          type="button"
          role="menuitem"
          tabIndex={-1}
          class={command.danger ? 'message-menu-item message-menu-danger' : 'message-menu-item'}
          data-command={command.id}
          aria-keyshortcuts={command.key}
          onClick={() => onChoose(command)}
        >
          <Icon name={command.icon} />
          <span class="message-menu-label">{command.label}</span>
          {command.key && (
            <kbd aria-hidden="true">
              {command.key.length === 1 ? command.key.toUpperCase() : t('message.key_delete')}
            </kbd>
          )}
        </button>
      ))}
    </div>
  );
}

/** Up and down, the emoji are one line; sideways one goes through them. */
function stepTo(key: string, items: readonly HTMLElement[]): HTMLElement | undefined {
  const isQuick = (item: HTMLElement | undefined): boolean => item?.matches('.quick-reaction') === true;
  const at = items.findIndex((item) => item === document.activeElement);
  const lines = items.filter((item, index) => !isQuick(item) || index === (isQuick(items[at]) ? at : 0));
  const line = lines.findIndex((item) => item === document.activeElement);
  if (key === 'ArrowDown') return lines[(line + 1) % lines.length];
  if (key === 'ArrowUp') return lines.at(line <= 0 ? -1 : line - 1);
  if (key === 'Home') return items[0];
  if (key === 'End') return items.at(-1);
  if ((key !== 'ArrowLeft' && key !== 'ArrowRight') || !isQuick(items[at])) return undefined;
  const quick = items.filter(isQuick);
  const forward = (key === 'ArrowRight') !== (document.dir === 'rtl');
  return quick[(quick.findIndex((item) => item === items[at]) + (forward ? 1 : -1) + quick.length) % quick.length];
}
