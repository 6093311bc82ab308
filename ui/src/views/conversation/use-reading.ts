import { useCallback, useEffect, useMemo, useRef } from 'preact/hooks';
import { createReadMarks } from '../../app/conversations.js';
import { loadAround, opensAtUnread } from '../../app/history.js';
import { useApp, useDaemon, useSelector } from '../../app/use-app.js';
import { isLooking, isMet } from '../../state/attention.js';
import type { Timeline, UnreadMark } from '../../state/model.js';
import { readingOf, type InView } from '../../state/reading.js';
import type { Row } from '../../state/rows.js';

export interface ReadingOn {
  /** The line before what is unread is still to be met by somebody who looks. */
  readonly unmet: boolean;
  onMet(found: boolean): void;
  onView(view: InView, jumped: boolean): void;
}

/** Tells the daemon what was on the screen of a conversation that is not read to its end: the read mark goes forward with it. */
export function useReadingOn(conversation: string, rows: readonly Row[], timeline: Timeline): ReadingOn {
  const app = useApp();
  const { store } = app;
  const read = useMemo(() => createReadMarks(app), [app]);
  const mark = useSelector((state) => state.marks[conversation]);
  const visible = useSelector((state) => state.visible);
  const self = useDaemon((daemon) => daemon.me.username);
  const readUpTo = useDaemon((daemon) => daemon.conversations[conversation]?.readUpTo);
  const mayRead = useSelector(
    (state) => isLooking(state) && !state.following && state.keptUnread !== conversation && isMet(state, conversation),
  );
  const { loaded, stale, more } = timeline;
  const seen = useRef<InView>(undefined);
  const attached = useRef(false);
  const now = useRef({ rows, readUpTo, more, self, mayRead });
  now.current = { rows, readUpTo, more, self, mayRead };

  const tell = useCallback((): void => {
    const { mayRead: reads, ...known } = now.current;
    if (!seen.current || !reads || (store.get().daemon?.conversations[conversation]?.unread ?? 0) === 0) return;
    const reading = readingOf({ ...known, view: seen.current, attached: attached.current });
    attached.current = reading.attached;
    if (reading.upTo !== undefined) read(conversation, reading.upTo);
  }, [store, conversation, read]);

  const onView = useCallback(
    (view: InView, jumped: boolean): void => {
      seen.current = view;
      if (jumped) attached.current = false;
      tell();
    },
    [tell],
  );
  useEffect(tell, [tell, mayRead]);

  const sought = useRef<UnreadMark>(undefined);
  const onMet = (found: boolean): void => {
    // It begins farther above than is kept of what comes while nobody looks.
    const isFar = mark?.readUpTo !== undefined && opensAtUnread(store.get(), conversation);
    if (!found && isFar && sought.current !== mark) {
      sought.current = mark;
      void loadAround(app, conversation, mark.readUpTo);
      return;
    }
    store.dispatch({ type: 'mark/met', conversation });
  };
  const isMissing = mark !== undefined && mark.met !== true;
  return { unmet: isMissing && visible && loaded && !stale, onMet, onView };
}
