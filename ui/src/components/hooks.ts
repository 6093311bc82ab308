/** Hooks that components of several views share: the clock, the window, answers, what is unfolded. */
import { useCallback, useEffect, useRef, useState } from 'preact/hooks';
import type { Outcome } from '../app/outcomes.js';
import { useApp, useSelector } from '../app/use-app.js';
import type { Store } from '../state/store.js';

/** The daemon's clock, ms, told anew every `everyMs`: for day lines and "last seen". */
export function useNow(everyMs: number): number {
  const { now } = useApp();
  const offset = useSelector((state) => state.clockOffset);
  const [time, setTime] = useState(now);
  useEffect(() => {
    const timer = setInterval(() => setTime(now()), everyMs);
    return () => clearInterval(timer);
  }, [everyMs, now]);
  return time + offset;
}

/** Whether the window is as the media query says, as it is resized. */
export function useMedia(query: string): boolean {
  const [matches, setMatches] = useState(() => window.matchMedia(query).matches);
  useEffect(() => {
    const list = window.matchMedia(query);
    const follow = (): void => setMatches(list.matches);
    follow();
    list.addEventListener('change', follow);
    return () => list.removeEventListener('change', follow);
  }, [query]);
  return matches;
}

/** Whether it has been so for `ms`: what is over sooner need not be shown. */
export function useLasting(now: boolean, ms: number): boolean {
  const [lasting, setLasting] = useState(false);
  useEffect(() => {
    if (!now) return setLasting(false);
    const timer = setTimeout(() => setLasting(true), ms);
    return () => clearTimeout(timer);
  }, [now, ms]);
  return lasting;
}

/** Whether a field may take the focus by itself: a touch keyboard that comes up unasked hides what one came to read. */
export function hasFinePointer(): boolean {
  return window.matchMedia('(pointer: fine)').matches;
}

export interface Busy {
  /** As it is drawn. */
  readonly busy: boolean;
  /** Does `work`, unless something is under way: then nothing. However it ends, it is over then. @throws what `work` throws */
  run(work: () => Promise<void>): Promise<void>;
}

/** For what takes a while and is done once, however fast it is asked for: `busy` alone is behind until it is drawn. */
export function useBusy(): Busy {
  const running = useRef(false);
  const [busy, setBusy] = useState(false);
  const set = (now: boolean): void => {
    running.current = now;
    setBusy(now);
  };
  const run = async (work: () => Promise<void>): Promise<void> => {
    if (running.current) return;
    set(true);
    try {
      await work();
    } finally {
      set(false);
    }
  };
  return { busy, run };
}

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

/**
 * What was unfolded in a window stays so while its row is out of sight and not drawn. Kept beside the store, not in it:
 * nobody else has to know.
 */
const opened = new WeakMap<Store, Set<string>>();

/** `key`: of what is folded; without one it is forgotten with the component. */
export function useFold(key: string | undefined): readonly [open: boolean, set: (open: boolean) => void] {
  const { store } = useApp();
  const known = opened.get(store) ?? new Set<string>();
  opened.set(store, known);
  const [open, setOpen] = useState(() => key !== undefined && known.has(key));
  const set = (next: boolean): void => {
    if (key !== undefined) known[next ? 'add' : 'delete'](key);
    setOpen(next);
  };
  return [open, set];
}
