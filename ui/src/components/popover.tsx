import type { ComponentChildren, RefObject } from 'preact';
import { useEffect, useLayoutEffect, useRef } from 'preact/hooks';

interface PopoverProps {
  /** What it stands beside: the button that opened it. */
  readonly anchor: RefObject<HTMLElement | null>;
  readonly label: string;
  readonly children: ComponentChildren;
  onClose(): void;
}

const GAP = 4;

/** The browser's own popover, which Escape and a press elsewhere close. It goes when its anchor moves away from it. */
export function Popover({ anchor, label, children, onClose }: PopoverProps) {
  const ref = useRef<HTMLDivElement>(null);
  const placedAt = useRef<DOMRect>(null);
  useLayoutEffect(() => {
    const element = ref.current;
    if (!element || !anchor.current) return;
    element.showPopover();
    placedAt.current = anchor.current.getBoundingClientRect();
    place(element, placedAt.current);
  }, [anchor]);
  useEffect(() => {
    // A conversation scrolls by itself too, when messages come or are drawn: what stands in its header, or stays in view, has not moved.
    const onScroll = (): void => {
      if (hasMoved(placedAt.current, anchor.current?.getBoundingClientRect())) onClose();
    };
    window.addEventListener('scroll', onScroll, { capture: true, passive: true });
    window.addEventListener('resize', onClose);
    return () => {
      window.removeEventListener('scroll', onScroll, { capture: true });
      window.removeEventListener('resize', onClose);
    };
  }, [anchor, onClose]);
  return (
    <div
      ref={ref}
      class="popover"
      popover="auto"
      role="group"
      aria-label={label}
      onToggle={(event) => {
        if (event.newState === 'closed') onClose();
      }}
    >
      {children}
    </div>
  );
}

function hasMoved(from: DOMRect | null, to: DOMRect | undefined): boolean {
  if (!from || !to) return true;
  return Math.abs(to.top - from.top) > 1 || Math.abs(to.left - from.left) > 1;
}

/** Above the anchor where there is room, else below; its end at the anchor's end, but within the window. */
export function place(element: HTMLElement, at: DOMRect): void {
  const { offsetWidth: width, offsetHeight: height } = element;
  const above = at.top - height - GAP;
  const top = above >= GAP ? above : Math.min(at.bottom + GAP, window.innerHeight - height - GAP);
  element.style.top = `${Math.max(GAP, top)}px`;
  const wanted = getComputedStyle(element).direction === 'rtl' ? at.left : at.right - width;
  element.style.left = `${Math.max(GAP, Math.min(wanted, window.innerWidth - GAP - width))}px`;
}
