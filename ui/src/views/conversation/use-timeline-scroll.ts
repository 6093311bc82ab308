import type { RefObject } from 'preact';
import { useCallback, useEffect, useLayoutEffect, useReducer, useRef } from 'preact/hooks';
import type { Place } from '../../state/model.js';
import type { InView } from '../../state/reading.js';
import type { Row } from '../../state/rows.js';
import { DrawingPace, STILL_MS } from './drawing-pace.js';
import { guessHeight } from './row-guess.js';
import { atEdge, isAtEnd, lastInView, measure, restore, rowOf, shapeOf, toEnd } from './scroll-hold.js';
import type { Held } from './scroll-hold.js';
import { Heights, edgeOf, isNarrow, isTooLow, offsetsOf, piecesOf, rangeOf, rowAt } from './window-range.js';
import type { Piece } from './window-range.js';

/** How near an end of what is loaded may come before more is fetched, px. */
const NEAR = 2_500;

interface Input {
  readonly rows: readonly Row[];
  /** The newest rows are loaded: there is an end to follow. */
  readonly live: boolean;
  /** Grows whenever the newest rows are to be shown whatever was being read: an own message was written. */
  readonly written: number;
  /** Where the timeline was left the last time. */
  readonly place: Place | undefined;
  /** Told on leaving; undefined when it stood at the newest row. */
  onLeave(place: Place | undefined): void;
  /** An end of what is loaded is near. */
  onTop(): void;
  onBottom(): void;
  /** The newest rows are wanted and not loaded. */
  onPresent(): void;
  onFollowing(following: boolean): void;
  /** The row at the upper edge is another one now. */
  onEdge(index: number): void;
  /** What can be seen is another part now; `jumped`: what lies between was not scrolled past. */
  onView(view: InView, jumped: boolean): void;
  /** A line before unread messages stands, or is still to be loaded, that nobody has met: they are to see it as soon as they look. */
  readonly unmet: boolean;
  /** It stands in view, or need not. `found`: it is loaded. */
  onMet(found: boolean): void;
}

export interface TimelineScroll {
  readonly box: RefObject<HTMLDivElement | null>;
  readonly list: RefObject<HTMLOListElement | null>;
  readonly pieces: readonly Piece<Row>[];
  onScroll(): void;
  onFocus(event: FocusEvent): void;
  toNewest(): void;
  /** Brings a row to a place below the upper edge, px; `done` is given the row once it stands there. */
  bring(key: string, top: number, done?: (row: HTMLElement) => void): void;
}

interface Goal extends Held {
  readonly done?: ((row: HTMLElement) => void) | undefined;
}

/** What the timeline remembers between its drawings. */
class Hold {
  /** Of the timeline, px: as the window has it until it is drawn. */
  width = window.innerWidth;
  readonly heights = new Heights<Row>((row) => guessHeight(row, this.width));
  /** Rows at the upper edge, as they were last seen. */
  held: readonly Held[] = [];
  /** They were not drawn: where they stand was guessed. */
  vague = false;
  following = true;
  readonly pace = new DrawingPace();
  placed = false;
  goal: Goal | undefined;
  /** The end is to be followed as soon as it is loaded. */
  wantsEnd = false;
  /** Stays drawn wherever it is, so that the focus is not lost. */
  focused: string | undefined;
  viewport = window.innerHeight;
  /** Of the row at the upper edge. */
  edge: string | undefined;
  /** The view was brought elsewhere since it was told what can be seen. */
  jumped = false;
  /** As it was when it was last brought to its end. */
  shape = '';
}

/** Draws the rows that can be seen and some beyond, follows the newest while at the end, and holds the place otherwise. */
export function useTimelineScroll(input: Input): TimelineScroll {
  const { rows } = input;
  const box = useRef<HTMLDivElement>(null);
  const list = useRef<HTMLOListElement>(null);
  const [, redraw] = useReducer((count: number) => count + 1, 0);
  const own = useRef<Hold>(undefined);
  const hold = (own.current ??= new Hold());
  const offsets = offsetsOf(rows, hold.heights);
  const wanted = hold.goal ? [hold.goal] : hold.following ? [] : hold.held;
  hold.pace.drawing(rows, performance.now());
  const range = rangeOf(offsets, edgeOf(rows, offsets, wanted), hold.viewport, hold.pace.beyond(hold.following));
  const kept = hold.focused === undefined ? -1 : rows.findIndex(({ key }) => key === hold.focused);
  const drawn = useRef({ input, offsets, range });
  drawn.current = { input, offsets, range };

  const follow = useCallback(
    (now: boolean) => {
      if (hold.following === now) return;
      hold.following = now;
      drawn.current.input.onFollowing(now);
    },
    [hold],
  );

  /** Notes what stands at the upper edge. */
  const look = useCallback(() => {
    if (!box.current || !list.current) return;
    const { offsets: places, input: now } = drawn.current;
    const edge = atEdge(box.current, list.current);
    if ('rows' in edge) {
      hold.held = edge.rows.filter(({ loose }) => !loose);
      hold.vague = false;
      hold.edge = edge.rows[0]?.key;
      now.onEdge(now.rows.findIndex(({ key }) => key === hold.edge));
    } else {
      const offset = (places[edge.from] ?? 0) + edge.into;
      const found = rowAt(places, offset);
      const at = now.rows[found]?.kind === 'day' ? found + 1 : found;
      const key = now.rows[at]?.key;
      hold.vague = true;
      hold.edge = key;
      hold.held = key === undefined ? [] : [{ key, top: (places[at] ?? 0) - offset }];
      now.onEdge(at);
    }
  }, [hold]);

  const tellView = useCallback(() => {
    const [element, rowsElement] = [box.current, list.current];
    if (!element || !rowsElement || !hold.placed || hold.goal) return;
    const { rows: now, onView } = drawn.current.input;
    const last = lastInView(element, rowsElement);
    const [from, to] = [hold.edge, last].map((at) => now.findIndex(({ key }) => key === at));
    if (from === undefined || to === undefined || from < 0 || to < from) return;
    onView({ from, to }, hold.jumped);
    hold.jumped = false;
  }, [hold]);

  /** Fetches more where an end of what is loaded is near. */
  const reach = useCallback(() => {
    const element = box.current;
    if (!element || !hold.placed || hold.goal) return;
    const { input: now } = drawn.current;
    if (element.scrollTop < NEAR) now.onTop();
    if (!now.live && element.scrollHeight - element.scrollTop - element.clientHeight < NEAR) now.onBottom();
  }, [hold]);

  const settle = useCallback(() => {
    const [element, rowsElement] = [box.current, list.current];
    if (!element || !rowsElement || !hold.placed) return;
    hold.viewport = element.clientHeight;
    hold.width = element.clientWidth;
    const { goal } = hold;
    if (goal) {
      const row = rowOf(rowsElement, goal.key);
      if (!row) return;
      restore(element, rowsElement, goal);
      hold.goal = undefined;
      follow(drawn.current.input.live && isAtEnd(element));
      look();
      goal.done?.(row);
    } else if (hold.following) {
      toEnd(element);
      hold.shape = shapeOf(element);
      look();
    } else if (hold.vague || !hold.held.some((held) => restore(element, rowsElement, held))) look();
    tellView();
  }, [hold, follow, look, tellView]);

  const bring = useCallback(
    (key: string, top: number, done?: (row: HTMLElement) => void) => {
      hold.goal = { key, top, done };
      hold.placed = true;
      hold.jumped = true;
      follow(false);
      redraw(undefined);
    },
    [hold, follow],
  );

  const toNewest = useCallback(() => {
    hold.goal = undefined;
    if (!drawn.current.input.live) {
      hold.wantsEnd = true;
      drawn.current.input.onPresent();
      return;
    }
    follow(true);
    redraw(undefined);
  }, [hold, follow]);

  useLayoutEffect(() => {
    const [element, rowsElement] = [box.current, list.current];
    if (!element || !rowsElement || rows.length === 0) return;
    measure(rowsElement, hold.heights);
    hold.heights.prune(rows);
    if (hold.wantsEnd && input.live) {
      hold.wantsEnd = false;
      follow(true);
      if (range.end < rows.length) redraw(undefined);
    }
    if (hold.placed) settle();
    else begin();
    if (hold.following && isTooLow(rows, hold.heights, range, hold.viewport)) redraw(undefined);
    if (input.unmet) meet();
  });

  const newestEdge = (): number => (offsets[rows.length] ?? 0) - hold.viewport;

  /** What came while nobody looked begins above what can be seen: it is read from there. */
  const meet = (): void => {
    const at = rows.findIndex(({ kind }) => kind === 'unread');
    const isAbove = (offsets[at] ?? 0) < newestEdge() || !input.live;
    if (hold.following && at >= 0 && isAbove) bring('unread', hold.viewport / 5);
    input.onMet(at >= 0 || !hold.following);
  };

  /** On opening: at the unread line where it would be out of sight, else where it was left, else at the newest row. */
  const begin = (): void => {
    hold.placed = true;
    hold.viewport = box.current?.clientHeight ?? hold.viewport;
    const { place } = input;
    const unread = rows.findIndex(({ kind }) => kind === 'unread');
    if (unread >= 0 && ((offsets[unread] ?? 0) < newestEdge() || !input.live)) bring('unread', hold.viewport / 5);
    else if (unread < 0 && place && rows.some(({ key }) => key === place.key)) bring(place.key, place.top);
    else if (!input.live) bring(rows[0]?.key ?? '', 0);
    else settle();
  };

  useEffect(() => {
    if (!hold.pace.hurried) return undefined;
    const timer = setTimeout(() => hold.pace.still() && redraw(undefined), STILL_MS);
    return () => clearTimeout(timer);
  }, [rows, hold]);

  // A page that brings little leaves nothing to scroll, which would ask for the next one.
  useEffect(reach, [rows, reach]);

  const jumped = useRef(input.written);
  useEffect(() => {
    if (input.written > jumped.current) toNewest();
    jumped.current = Math.max(input.written, jumped.current);
  }, [input.written, toNewest]);

  const leave = useRef<() => void>(() => undefined);
  leave.current = () => input.onLeave(hold.following ? undefined : hold.held[0]);
  useLayoutEffect(() => () => leave.current(), []);

  useEffect(() => {
    if (!box.current || !list.current) return undefined;
    const observer = new ResizeObserver(settle);
    observer.observe(box.current);
    observer.observe(list.current);
    return () => observer.disconnect();
  }, [settle]);

  const onScroll = useCallback((): void => {
    const element = box.current;
    if (!element || !hold.placed || hold.goal) return;
    const { input: now, offsets: places, range: last } = drawn.current;
    // The window or a row has another size now, of which this is told before the observer: nobody has scrolled away.
    if (now.live && hold.following && !isAtEnd(element) && hold.shape !== shapeOf(element)) return settle();
    follow(now.live && isAtEnd(element));
    look();
    reach();
    // What is left out on purpose is drawn once the rows stand still.
    const leftOut = hold.following && hold.pace.hurried;
    const edge = leftOut ? undefined : edgeOf(now.rows, places, hold.held);
    if (edge !== undefined && isNarrow(last, places, edge, hold.viewport)) redraw(undefined);
    tellView();
  }, [hold, follow, look, reach, settle, tellView]);

  const onFocus = useCallback(
    ({ type, target, relatedTarget }: FocusEvent): void => {
      const now = type === 'focusout' ? relatedTarget : target;
      const row = now instanceof Element ? now.closest('[data-key]') : undefined;
      hold.focused = row && list.current?.contains(row) ? (row.getAttribute('data-key') ?? undefined) : undefined;
    },
    [hold],
  );

  return { box, list, pieces: piecesOf(rows, offsets, range, kept), onScroll, onFocus, toNewest, bring };
}
