import type { ComponentChildren, RefObject } from 'preact';
import { useEffect, useLayoutEffect, useRef } from 'preact/hooks';

interface PopoverProps {
  /** What it stands beside: the button that opened it. */
  readonly anchor: RefObject<HTMLElement | null>;
  readonly label: string;
  readonly children: ComponentChildren;
  /** It stays while the page beneath it scrolls: its anchor does not move then. */
  readonly pinned?: boolean;
  onClose(): void;
}

const GAP = 4;

/** The browser's own popover, which Escape and a press elsewhere close. It goes when the page moves beneath it. */
export function Popover({ anchor, label, children, pinned = false, onClose }: PopoverProps) {
  const ref = useRef<HTMLDivElement>(null);
  useLayoutEffect(() => {
    const element = ref.current;
    if (!element || !anchor.current) return;
    element.showPopover();
    place(element, anchor.current.getBoundingClientRect());
  }, [anchor]);
  useEffect(() => {
    const onScroll = (event: Event): void => {
      if (event.target instanceof Node && !ref.current?.contains(event.target)) onClose();
    };
    if (!pinned) window.addEventListener('scroll', onScroll, { capture: true, passive: true });
    window.addEventListener('resize', onClose);
    return () => {
      window.removeEventListener('scroll', onScroll, { capture: true });
      window.removeEventListener('resize', onClose);
    };
  }, [pinned, onClose]);
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

/** Above the anchor where there is room, else below; its end at the anchor's end, but within the window. */
export function place(element: HTMLElement, at: DOMRect): void {
  const { offsetWidth: width, offsetHeight: height } = element;
  const above = at.top - height - GAP;
  const top = above >= GAP ? above : Math.min(at.bottom + GAP, window.innerHeight - height - GAP);
  element.style.top = `${Math.max(GAP, top)}px`;
  const wanted = getComputedStyle(element).direction === 'rtl' ? at.left : at.right - width;
  element.style.left = `${Math.max(GAP, Math.min(wanted, window.innerWidth - GAP - width))}px`;
}
