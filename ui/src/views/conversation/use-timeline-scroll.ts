import type { RefObject } from 'preact';
import { useCallback, useEffect, useLayoutEffect, useMemo, useRef, useState } from 'preact/hooks';
import type { Place } from '../../state/model.js';
import type { Row } from '../../state/rows.js';
import { bringToTop, hold, isAtEnd, restore, toEnd } from './scroll-hold.js';
import type { Held } from './scroll-hold.js';
import { anchorAbove, anchorBelow, rangeOf } from './window-range.js';

/** How near an end of the loaded window may come before more rows are fetched, px. */
const NEAR = 900;

interface Input {
  readonly rows: readonly Row[];
  /** Grows whenever the newest rows are to be shown whatever was being read: an own message was written. */
  readonly jump: number;
  /** Where the timeline was left the last time. */
  readonly place: Place | undefined;
  /** Told on leaving; undefined when it stood at the newest row. */
  onLeave(place: Place | undefined): void;
  onTop(): void;
  onFollowing(following: boolean): void;
}

export interface TimelineScroll {
  readonly box: RefObject<HTMLDivElement | null>;
  readonly list: RefObject<HTMLOListElement | null>;
  readonly visible: readonly Row[];
  /** The window starts with the oldest loaded row. */
  readonly atOldest: boolean;
  onScroll(): void;
  toNewest(): void;
}

/** Shows a window of the rows, follows the newest while at the end, and holds the place otherwise. */
export function useTimelineScroll({ rows, jump, place, onLeave, onTop, onFollowing }: Input): TimelineScroll {
  const box = useRef<HTMLDivElement>(null);
  const list = useRef<HTMLOListElement>(null);
  const [anchor, setAnchor] = useState<string | null>(place?.anchor ?? null);
  const range = useMemo(() => rangeOf(rows, anchor), [rows, anchor]);
  const following = useRef(true);
  const placed = useRef(false);
  const held = useRef<Held | undefined>(undefined);

  const follow = useCallback(
    (now: boolean) => {
      if (following.current === now) return;
      following.current = now;
      onFollowing(now);
    },
    [onFollowing],
  );

  const settle = useCallback(() => {
    if (!box.current || !list.current) return;
    if (following.current) toEnd(box.current);
    else if (held.current) restore(box.current, list.current, held.current);
    held.current = hold(box.current, list.current);
  }, []);

  const toNewest = useCallback(() => {
    setAnchor(null);
    follow(true);
    settle();
  }, [follow, settle]);

  useLayoutEffect(() => {
    if (!box.current || !list.current || rows.length === 0) return;
    if (!placed.current) {
      // On opening: at the unread line where it would be out of sight, else where it was left, else at the newest message.
      placed.current = true;
      toEnd(box.current);
      const unread = list.current.querySelector('[data-key="unread"]');
      const hidden = unread !== null && unread.getBoundingClientRect().top < box.current.getBoundingClientRect().top;
      if (hidden && bringToTop(box.current, list.current, 'unread')) follow(isAtEnd(box.current));
      else if (!unread && place && restore(box.current, list.current, place)) follow(isAtEnd(box.current));
      held.current = hold(box.current, list.current);
    } else settle();
  });

  const leave = useRef<() => void>(() => undefined);
  leave.current = () => onLeave(following.current || !held.current ? undefined : { ...held.current, anchor });
  useLayoutEffect(() => () => leave.current(), []);

  const jumped = useRef(jump);
  useEffect(() => {
    if (jump > jumped.current) toNewest();
    jumped.current = Math.max(jump, jumped.current);
  }, [jump, toNewest]);

  useEffect(() => {
    if (!box.current || !list.current) return undefined;
    const observer = new ResizeObserver(settle);
    observer.observe(box.current);
    observer.observe(list.current);
    return () => observer.disconnect();
  }, [settle]);

  const onScroll = (): void => {
    const element = box.current;
    if (!element || !list.current || !placed.current) return;
    follow(range.end === rows.length && isAtEnd(element));
    held.current = hold(element, list.current);
    if (element.scrollTop < NEAR) {
      if (range.start > 0) setAnchor(anchorAbove(rows, range));
      else onTop();
    } else if (range.end < rows.length && element.scrollHeight - element.scrollTop - element.clientHeight < NEAR) {
      setAnchor(anchorBelow(rows, range));
    } else if (following.current && anchor !== null) setAnchor(null);
    else if (!following.current && anchor === null) setAnchor(rows[range.start]?.key ?? null);
  };

  return { box, list, visible: rows.slice(range.start, range.end), atOldest: range.start === 0, onScroll, toNewest };
}
