import { useCallback, useEffect, useRef, useState } from 'preact/hooks';
import { Icon } from '../../components/icon.js';
import type { IconName } from '../../components/icon.js';
import { Popover } from '../../components/popover.js';

export interface MenuItem {
  readonly icon: IconName;
  readonly label: string;
  readonly danger?: boolean;
  onChoose(): void;
}

interface MenuProps {
  readonly label: string;
  readonly icon?: IconName;
  readonly items: readonly MenuItem[];
}

/** What is done seldom, or has no room of its own on a phone. */
export function Menu({ label, icon = 'more', items }: MenuProps) {
  const anchor = useRef<HTMLButtonElement>(null);
  const [open, setOpen] = useState(false);
  const openBefore = useRef(false);
  const onClose = useCallback(() => setOpen(false), []);
  return (
    <>
      <button
        ref={anchor}
        type="button"
        class="icon-button"
        aria-label={label}
        title={label}
        aria-haspopup="true"
        aria-expanded={open}
        // A press closes the popover by itself before the click comes, which must not open it again.
        onPointerDown={() => (openBefore.current = open)}
        onClick={(event) => setOpen(event.detail === 0 ? !open : !openBefore.current)}
      >
        <Icon name={icon} />
      </button>
      {open && (
        <Popover anchor={anchor} label={label} onClose={onClose}>
          <Items
            items={items}
            onChosen={(item) => {
              // What opens next gives the focus back to where it was: not to an entry that is gone by then.
              anchor.current?.focus();
              setOpen(false);
              item.onChoose();
            }}
          />
        </Popover>
      )}
    </>
  );
}

function Items({ items, onChosen }: { items: readonly MenuItem[]; onChosen: (item: MenuItem) => void }) {
  const list = useRef<HTMLUListElement>(null);
  const buttons = (): HTMLElement[] => [...(list.current?.querySelectorAll('button') ?? [])];
  useEffect(() => buttons()[0]?.focus(), []);
  const onKeyDown = (event: KeyboardEvent): void => {
    const all = buttons();
    const at = all.findIndex((button) => button === document.activeElement);
    const steps: Readonly<Record<string, number>> = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: -1 };
    const to = steps[event.key];
    if (to === undefined) return;
    event.preventDefault();
    all.at(to % all.length)?.focus();
  };
  return (
    <ul ref={list} class="menu" onKeyDown={onKeyDown}>
      {items.map((item) => (
        <li key={item.label}>
          <button
            type="button"
            class={item.danger ? 'menu-item menu-danger' : 'menu-item'}
            onClick={() => onChosen(item)}
          >
            <Icon name={item.icon} small />
            {item.label}
          </button>
        </li>
      ))}
    </ul>
  );
}
