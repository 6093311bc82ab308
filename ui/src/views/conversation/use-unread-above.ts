import { useRef } from 'preact/hooks';
import type { Timeline, UnreadMark } from '../../state/model.js';
import type { Row } from '../../state/rows.js';

interface UnreadAboveInput {
  readonly timeline: Timeline;
  readonly rows: readonly Row[];
  /** The index of the row at the upper edge. */
  readonly edge: number;
  readonly mark: UnreadMark | undefined;
}

/** So many rows below the upper edge are in view on any screen. */
const IN_VIEW = 5;

/** Whether the unread messages begin above what can be seen, or is loaded; no more once their beginning was seen. */
export function useUnreadAbove({ timeline, rows, edge, mark }: UnreadAboveInput): boolean {
  const seen = useRef<UnreadMark>(undefined);
  if (!mark || edge < 0 || seen.current === mark) return false;
  const at = rows.findIndex(({ kind }) => kind === 'unread');
  if (at < 0) return timeline.more && !timeline.newer;
  if (at >= edge && at < edge + IN_VIEW) seen.current = mark;
  return at < edge;
}
