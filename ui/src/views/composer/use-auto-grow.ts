import type { RefObject } from 'preact';
import { useLayoutEffect } from 'preact/hooks';

/** Where the browser sizes a field by its content itself, the style sheet asks it to, and nothing is measured. */
const NATIVE = typeof CSS !== 'undefined' && CSS.supports('field-sizing', 'content');

/** Grows with the text up to the maximum of the style sheet. */
export function useAutoGrow(area: RefObject<HTMLTextAreaElement | null>, text: string): void {
  useLayoutEffect(() => {
    const { current } = area;
    if (NATIVE || !current) return;
    current.style.height = 'auto';
    current.style.height = `${current.scrollHeight + current.offsetHeight - current.clientHeight}px`;
  }, [area, text]);
}
