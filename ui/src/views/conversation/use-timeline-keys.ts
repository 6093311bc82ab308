import { useEffect } from 'preact/hooks';
import { markRead } from '../../app/conversations.js';
import { useApp } from '../../app/use-app.js';
import type { TimelineScroll } from './use-timeline-scroll.js';

/** Of the height that can be seen, what a page leaves in view, px. */
const OVERLAP = 48;

/** Escape leads to the newest message and calls all read; pages turn from the composer too; End is the present, not the last row loaded. */
export function useTimelineKeys(conversation: string, { box, toNewest }: TimelineScroll): void {
  const app = useApp();
  useEffect(() => {
    const onKey = (event: KeyboardEvent): void => {
      if (event.isComposing || event.defaultPrevented || event.altKey || event.ctrlKey || event.metaKey) return;
      // What stands over the timeline takes the key first.
      if (document.querySelector('dialog[open], :popover-open')) return;
      const inside = event.target instanceof Node && box.current?.contains(event.target) === true;
      if (event.key === 'Escape') {
        app.store.dispatch({ type: 'mark/clear', conversation });
        markRead(app, conversation);
        toNewest();
      } else if (event.key === 'End' && inside && !event.shiftKey) {
        event.preventDefault();
        // The row that has the focus may go.
        box.current?.focus({ preventScroll: true });
        toNewest();
      } else if ((event.key === 'PageUp' || event.key === 'PageDown') && takesNoPages(event.target)) {
        event.preventDefault();
        const page = (box.current?.clientHeight ?? 0) - OVERLAP;
        box.current?.scrollBy({ top: event.key === 'PageUp' ? -page : page });
      }
    };
    window.addEventListener('keydown', onKey);
    return () => window.removeEventListener('keydown', onKey);
  }, [app, conversation, box, toNewest]);
}

/** The composer, while all of its text can be seen. Within the timeline the browser turns pages by itself. */
function takesNoPages(target: EventTarget | null): boolean {
  if (!(target instanceof HTMLElement) || !target.matches('[data-composer]')) return false;
  return target.scrollHeight <= target.clientHeight + 1;
}
