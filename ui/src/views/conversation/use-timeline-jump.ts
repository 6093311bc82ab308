import { useEffect, useState } from 'preact/hooks';
import type { EntryView } from '../../../../protocol/local-api.js';
import { useApp, useSelector } from '../../app/use-app.js';
import { keyOfEntry } from '../../state/rows.js';
import type { Row } from '../../state/rows.js';
import type { TimelineScroll } from './use-timeline-scroll.js';

/** How long a row that was jumped to is marked; styles/conversation.css fades it over the same time. */
const FLASH_MS = 2_000;

/** Brings the entry that is asked for into view, lets it flash, and gives it the focus. Answers it, for the live region. */
export function useTimelineJump(
  conversation: string,
  rows: readonly Row[],
  { bring, box }: TimelineScroll,
): EntryView | undefined {
  const { store, t } = useApp();
  const { newId } = useApp();
  const jump = useSelector((state) => (state.jump?.conversation === conversation ? state.jump : undefined));
  const [shown, setShown] = useState<EntryView>();
  useEffect(() => {
    if (!jump || rows.length === 0) return;
    const { entry: id } = jump;
    const key = keyOfEntry(rows, id);
    store.dispatch({ type: 'jump/done' });
    if (key === undefined) return store.dispatch({ type: 'alert', id: newId(), text: t('timeline.not_here') });
    bring(key, (box.current?.clientHeight ?? 0) / 3, (row) => {
      flash(row);
      setShown(store.get().timelines[conversation]?.entries.find((entry) => entry.id === id));
    });
  }, [jump, rows, bring, box, store, conversation, t, newId]);
  return shown;
}

/** Attributes that no drawing touches: the row is drawn by others. */
function flash(row: HTMLElement): void {
  if (!row.hasAttribute('tabindex')) row.tabIndex = -1;
  row.focus({ preventScroll: true });
  row.dataset['flash'] = '';
  setTimeout(() => delete row.dataset['flash'], FLASH_MS);
}
