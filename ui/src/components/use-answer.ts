import { useCallback, useEffect, useRef, useState } from 'preact/hooks';
import type { Outcome } from '../app/trust.js';

export interface Answer<T> {
  /** The last one that came; it stays while another is under way. */
  readonly value?: T;
  readonly problem?: string;
  readonly busy: boolean;
  again(): void;
}

/** Asks on being drawn and whenever `ask` changes; an answer that another question has overtaken is dropped. */
export function useAnswer<T>(ask: () => Promise<Outcome<T>>): Answer<T> {
  const [{ value, problem, busy }, setState] = useState<Omit<Answer<T>, 'again'>>({ busy: true });
  const asked = useRef(0);
  const again = useCallback(() => {
    const turn = ++asked.current;
    setState((before) => ({ ...before, busy: true }));
    void ask().then((outcome) => {
      if (turn !== asked.current) return;
      setState((before) => ('value' in outcome ? { ...outcome, busy: false } : { ...before, ...outcome, busy: false }));
    });
  }, [ask]);
  useEffect(() => {
    again();
    return () => void asked.current++;
  }, [again]);
  return { ...(value !== undefined && { value }), ...(problem !== undefined && { problem }), busy, again };
}
