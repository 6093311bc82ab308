import type { RefObject } from 'preact';
import { useCallback, useEffect, useRef, useState } from 'preact/hooks';
import type { Box } from '../../state/files.js';
import { bounded, fitted, WHOLE, type Zoom, zoomed } from './zoom.js';

const STEP = 1.5;
/** Px that a finger goes before it means another picture, or the end. */
const SWIPE = 60;

export interface ZoomControls {
  readonly zoom: Zoom;
  in(): void;
  out(): void;
  whole(): void;
}

interface ZoomParts {
  readonly stage: RefObject<HTMLElement | null>;
  /** Of the picture itself, px; the stage where nobody knows. */
  readonly picture: Box | undefined;
  /** `forward`: the finger went to the left. */
  onSwipe(way: 'left' | 'right' | 'down'): void;
}

/** Wheel, double press, two fingers and dragging enlarge and move; a swipe does something else while all of it is in sight. */
export function useZoom({ stage, picture, onSwipe }: ZoomParts): ZoomControls {
  const [zoom, setZoom] = useState(WHOLE);
  const swipe = useRef(onSwipe);
  swipe.current = onSwipe;
  const change = useCallback(
    (next: (zoom: Zoom) => Zoom) => {
      const element = stage.current;
      if (!element) return;
      const room = { width: element.clientWidth, height: element.clientHeight };
      setZoom((before) => bounded(next(before), fitted(picture ?? room, room), room));
    },
    [stage, picture],
  );
  useEffect(() => {
    const element = stage.current;
    if (!element) return undefined;
    const stop = new AbortController();
    follow(element, change, (way) => swipe.current(way), stop.signal);
    return () => stop.abort();
  }, [stage, change]);
  return {
    zoom,
    in: () => change((now) => zoomed(now, STEP, 0, 0)),
    out: () => change((now) => zoomed(now, 1 / STEP, 0, 0)),
    whole: () => setZoom(WHOLE),
  };
}

type Change = (next: (zoom: Zoom) => Zoom) => void;

interface Point {
  readonly x: number;
  readonly y: number;
}

function follow(stage: HTMLElement, change: Change, onSwipe: ZoomParts['onSwipe'], signal: AbortSignal): void {
  const at = ({ clientX, clientY }: MouseEvent): Point => {
    const { left, top, width, height } = stage.getBoundingClientRect();
    return { x: clientX - left - width / 2, y: clientY - top - height / 2 };
  };
  const down = new Map<number, Point>();
  let start: Point | undefined;
  let whole = true;
  stage.addEventListener(
    'wheel',
    (event) => {
      event.preventDefault();
      const { x, y } = at(event);
      change((zoom) => zoomed(zoom, Math.exp(-event.deltaY / 400), x, y));
    },
    { signal, passive: false },
  );
  stage.addEventListener(
    'dblclick',
    (event) => {
      const { x, y } = at(event);
      change((zoom) => (zoom.scale > 1 ? WHOLE : zoomed(zoom, STEP * STEP, x, y)));
    },
    { signal },
  );
  stage.addEventListener(
    'pointerdown',
    (event) => {
      if (event.target instanceof Element && event.target.closest('button')) return;
      stage.setPointerCapture(event.pointerId);
      down.set(event.pointerId, at(event));
      start = down.size === 1 ? at(event) : undefined;
      change((zoom) => {
        whole = zoom.scale === 1;
        return zoom;
      });
    },
    { signal },
  );
  stage.addEventListener(
    'pointermove',
    (event) => {
      const before = down.get(event.pointerId);
      if (!before) return;
      const now = at(event);
      const other = [...down].find(([id]) => id !== event.pointerId)?.[1];
      down.set(event.pointerId, now);
      if (!other) return change((zoom) => ({ ...zoom, x: zoom.x + now.x - before.x, y: zoom.y + now.y - before.y }));
      const wide = (point: Point): number => Math.max(1, Math.hypot(point.x - other.x, point.y - other.y));
      change((zoom) => zoomed(zoom, wide(now) / wide(before), (now.x + other.x) / 2, (now.y + other.y) / 2));
    },
    { signal },
  );
  const end = (event: PointerEvent): void => {
    if (!down.delete(event.pointerId) || !start || event.type === 'pointercancel') return;
    const { x, y } = at(event);
    const [dx, dy] = [x - start.x, y - start.y];
    start = undefined;
    if (!whole || event.pointerType === 'mouse') return;
    if (Math.abs(dx) > SWIPE && Math.abs(dx) > 2 * Math.abs(dy)) onSwipe(dx < 0 ? 'left' : 'right');
    else if (dy > 2 * SWIPE && dy > 2 * Math.abs(dx)) onSwipe('down');
  };
  stage.addEventListener('pointerup', end, { signal });
  stage.addEventListener('pointercancel', end, { signal });
}
