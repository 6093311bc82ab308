import type { RefObject } from 'preact';
import { useCallback, useEffect, useRef, useState } from 'preact/hooks';
import { onLongPress } from './long-press.js';
import type { MessageCommand } from './message-commands.js';

export type Overlay = 'menu' | 'react' | 'delete' | 'info';

/** Made when they are needed: most rows are never pointed at. */
export type Commands = () => readonly MessageCommand[];

export interface RowControls {
  /** The row is pointed at or has the focus: what one can do is shown. */
  readonly active: boolean;
  readonly overlay: Overlay | undefined;
  /** What the overlay stands beside. */
  readonly anchor: RefObject<HTMLElement | null>;
  open(overlay: Overlay, beside?: HTMLElement): void;
  /** Gives the focus back to where it was when the overlay opened, unless it went elsewhere meanwhile. */
  close(): void;
}

/** Listens on the row around `inside`, so that pointing at a message draws nothing of it again but its toolbar. */
export function useRow(inside: RefObject<HTMLElement | null>, commands: RefObject<Commands>): RowControls {
  const [pointed, setPointed] = useState(false);
  const [focused, setFocused] = useState(false);
  const [overlay, setOverlay] = useState<Overlay>();
  const anchor = useRef<HTMLElement | null>(null);
  const opener = useRef<Element | null>(null);
  const opened = useRef(false);
  opened.current = overlay !== undefined;

  const open = useCallback(
    (next: Overlay, beside?: HTMLElement) => {
      const row = rowOf(inside);
      anchor.current = beside ?? row;
      const { activeElement } = document;
      // From one overlay to the next, the first opener stays.
      if (row?.contains(activeElement) && !activeElement?.closest('[popover]')) opener.current = activeElement;
      opened.current = true;
      setOverlay(next);
    },
    [inside],
  );
  const close = useCallback(() => {
    const { activeElement } = document;
    const lost =
      activeElement === null || activeElement === document.body || activeElement.closest('[popover]') !== null;
    if (lost && opener.current instanceof HTMLElement) opener.current.focus({ preventScroll: true });
    setOverlay(undefined);
  }, []);

  useEffect(() => {
    const row = rowOf(inside);
    if (!row) return undefined;
    const stop = new AbortController();
    // Drawn anew under a pointer that rests.
    if (row.matches(':hover') && window.matchMedia('(hover: hover)').matches) setPointed(true);
    const listen = <Name extends keyof HTMLElementEventMap>(
      name: Name,
      heard: (e: HTMLElementEventMap[Name]) => void,
    ) => row.addEventListener(name, heard, { signal: stop.signal });
    listen('pointerenter', (event) => setPointed(event.pointerType !== 'touch'));
    listen('pointerleave', () => setPointed(false));
    listen('focusin', ({ target }) => setFocused(target instanceof Element && target.matches(':focus-visible')));
    listen('focusout', ({ relatedTarget }) => {
      if (!(relatedTarget instanceof Node) || !row.contains(relatedTarget)) setFocused(false);
    });
    listen('keydown', (event) => {
      if (event.target !== row || !row.matches(':focus-visible')) return;
      // What was opened is about to take the focus: keys that come before it does are not meant for the message.
      if (opened.current) event.preventDefault();
      if (opened.current) event.stopPropagation();
      else onKey(event, commands.current(), () => open('menu'));
    });
    // The key for menus; and touch, where the browser has a word of its own for a long press.
    listen('contextmenu', (event) => {
      const { pointerType } = event as Partial<PointerEvent>;
      const byKey = event.target === row && event.button !== 2 && pointerType !== 'mouse' && pointerType !== 'touch';
      if (byKey || pointerType === 'touch') event.preventDefault();
      if (byKey) open('menu');
    });
    onLongPress(row, () => open('menu'), stop.signal);
    return () => stop.abort();
  }, [inside, open, commands]);
  return { active: pointed || focused || overlay !== undefined, overlay, anchor, open, close };
}

function rowOf(inside: RefObject<HTMLElement | null>): HTMLElement | null {
  return inside.current?.closest<HTMLElement>('[data-message]') ?? null;
}

function onKey(event: KeyboardEvent, commands: readonly MessageCommand[], openMenu: () => void): void {
  if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
  const menu = event.key === 'Enter' || event.key === '.';
  const command = commands.find(({ key }) => key?.toLowerCase() === event.key.toLowerCase());
  if (!menu && !command) return;
  event.preventDefault();
  // Letters typed elsewhere go into the composer.
  event.stopPropagation();
  if (menu) openMenu();
  else command?.run();
}
