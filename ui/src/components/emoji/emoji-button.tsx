import { useCallback, useRef, useState } from 'preact/hooks';
import { Icon } from '../icon.js';
import { Popover } from '../popover.js';
import { EmojiPicker } from './emoji-picker.js';

interface EmojiButtonProps {
  readonly label: string;
  /** The picker has closed by then, and the focus is the caller's to set. */
  onPick(emoji: string): void;
}

/** Opens the picker beside itself. */
export function EmojiButton({ label, onPick }: EmojiButtonProps) {
  const [open, setOpen] = useState(false);
  const button = useRef<HTMLButtonElement>(null);
  // A press closes the picker by itself before the click comes, which must not open it again.
  const before = useRef(false);
  const close = useCallback(() => setOpen(false), []);
  return (
    <>
      <button
        ref={button}
        type="button"
        class="icon-button"
        aria-label={label}
        title={label}
        aria-haspopup="dialog"
        aria-expanded={open}
        onPointerDown={() => (before.current = open)}
        onClick={({ detail }) => setOpen(detail === 0 ? !open : !before.current)}
      >
        <Icon name="smile" />
      </button>
      {open && (
        <Popover anchor={button} label={label} onClose={close}>
          <EmojiPicker
            onPick={(emoji) => {
              close();
              onPick(emoji);
            }}
          />
        </Popover>
      )}
    </>
  );
}
