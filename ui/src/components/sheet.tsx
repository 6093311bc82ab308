import type { ComponentChildren, RefObject } from 'preact';
import { useLayoutEffect, useRef } from 'preact/hooks';
import { place } from './popover.js';

interface SheetProps {
  /** What it stands beside, where there is room for that. */
  readonly anchor: RefObject<HTMLElement | null>;
  readonly label: string;
  readonly children: ComponentChildren;
  onClose(): void;
}

/** Keep in step with the breakpoint in styles/shell.css. */
const NARROW = '(max-width: 720px)';

/**
 * Something to work in, over the page: it stays while the page moves beneath it, and on a phone stands at its lower edge.
 * Escape and a press elsewhere close it. The browser's own way would close it already when the finger that rested to open
 * it is lifted.
 */
export function Sheet({ anchor, label, children, onClose }: SheetProps) {
  const ref = useRef<HTMLDivElement>(null);
  useLayoutEffect(() => {
    const element = ref.current;
    if (!element || !anchor.current) return;
    element.showPopover();
    if (!window.matchMedia(NARROW).matches) place(element, anchor.current.getBoundingClientRect());
  }, [anchor]);
  // With it, not a moment later: a key may come at once.
  useLayoutEffect(() => {
    const stop = new AbortController();
    const options = { signal: stop.signal, capture: true };
    const onPress = (event: PointerEvent): void => {
      if (event.target instanceof Node && ref.current?.contains(event.target)) return;
      // A tap beside it only closes it.
      if (event.pointerType === 'touch') swallowClick();
      onClose();
    };
    const onKey = (event: KeyboardEvent): void => {
      if (event.key !== 'Escape' || event.isComposing) return;
      event.preventDefault();
      event.stopPropagation();
      onClose();
    };
    document.addEventListener('pointerdown', onPress, options);
    window.addEventListener('keydown', onKey, options);
    return () => stop.abort();
  }, [onClose]);
  return (
    <div ref={ref} class="popover popover-sheet" popover="manual" role="group" aria-label={label}>
      {children}
    </div>
  );
}

/** The click that follows this press, should there be one, is not heard by anybody. */
function swallowClick(): void {
  const stop = new AbortController();
  const options = { signal: stop.signal, capture: true, once: true };
  document.addEventListener('pointerdown', () => stop.abort(), options);
  document.addEventListener(
    'click',
    (event) => {
      event.preventDefault();
      event.stopPropagation();
      stop.abort();
    },
    options,
  );
}
