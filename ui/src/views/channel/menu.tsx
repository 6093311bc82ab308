import type { ComponentChildren } from 'preact';
import { useCallback, useEffect, useRef, useState } from 'preact/hooks';
import { Icon } from '../../components/icon.js';
import type { IconName } from '../../components/icon.js';
import { Popover } from '../../components/popover.js';

interface MenuEntry {
  readonly icon: IconName;
  readonly label: string;
  readonly danger?: boolean;
}

/** What an entry does, or what stands in place of the entries once it is chosen. */
export type MenuItem = MenuEntry & ({ onChoose(): void } | { readonly content: ComponentChildren });

interface MenuProps {
  readonly label: string;
  readonly icon?: IconName;
  readonly items: readonly MenuItem[];
}

/** What is done seldom, or has no room of its own on a phone. */
export function Menu({ label, icon = 'more', items }: MenuProps) {
  const anchor = useRef<HTMLButtonElement>(null);
  /** All entries, or the place of the one whose content shows. */
  const [shown, setShown] = useState<'entries' | number>();
  const openBefore = useRef(false);
  const onClose = useCallback(() => setShown(undefined), []);
  const isOpen = shown !== undefined;
  const chosen = typeof shown === 'number' ? items[shown] : undefined;
  const choose = (item: MenuItem): void => {
    // What opens next gives the focus back to where it was: not to an entry that is gone by then.
    anchor.current?.focus();
    if ('content' in item) setShown(items.indexOf(item));
    else {
      setShown(undefined);
      item.onChoose();
    }
  };
  return (
    <>
      <button
        ref={anchor}
        type="button"
        class="icon-button"
        aria-label={label}
        title={label}
        aria-haspopup="true"
        aria-expanded={isOpen}
        // A press closes the popover by itself before the click comes, which must not open it again.
        onPointerDown={() => (openBefore.current = isOpen)}
        onClick={(event) => setShown((event.detail === 0 ? isOpen : openBefore.current) ? undefined : 'entries')}
      >
        <Icon name={icon} />
      </button>
      {isOpen && (
        // Each is placed by its own size.
        <Popover key={shown} anchor={anchor} label={chosen?.label ?? label} onClose={onClose}>
          {chosen && 'content' in chosen ? (
            <Content>{chosen.content}</Content>
          ) : (
            <Items items={items} onChosen={choose} />
          )}
        </Popover>
      )}
    </>
  );
}

function Content({ children }: { children: ComponentChildren }) {
  const ref = useRef<HTMLDivElement>(null);
  useEffect(() => ref.current?.querySelector<HTMLElement>('input:checked')?.focus(), []);
  return <div ref={ref}>{children}</div>;
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
