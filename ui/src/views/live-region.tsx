import { useEffect, useRef, useState } from 'preact/hooks';
import type { EntryView } from '../../../protocol/local-api.js';
import { useApp, useDaemon, useSelector } from '../app/use-app.js';
import { trackerName } from '../components/tracker-status.js';
import { BROADCAST } from '../limits.js';
import { sameName } from '../state/entries.js';
import { messageLine } from '../text/message-line.js';

const HEARD_MAX = 300;
/** What comes faster than this is told together, by its number: nobody can listen to it one by one. */
const EVERY_MS = 3_000;

/** Reads out new messages and changes of the tracker's state. Broadcasts are read by their banner. */
export function LiveRegion() {
  const { t } = useApp();
  const told = useTold();
  const tracker = useDaemon((daemon) => daemon.tracker);
  let text = '';
  if (told && told.entry.conversation !== BROADCAST) {
    const { entry, count } = told;
    const params = {
      username: entry.from,
      text: messageLine(t, entry).slice(0, HEARD_MAX),
      place: entry.conversation,
    };
    if (count > 1) text = t('timeline.heard_many', { count, username: entry.from });
    else text = t(entry.type === 'chat' ? 'entry.heard_direct' : 'entry.heard', params);
  }
  return (
    <div class="visually-hidden">
      <div aria-live="polite">{text}</div>
      <div aria-live="polite">{trackerName(t, tracker)}</div>
    </div>
  );
}

/** The last message heard, and how many came since the one told before: the first at once, then at most one each while. */
function useTold(): { entry: EntryView; count: number } | undefined {
  const { store, now } = useApp();
  const count = useSelector((state) => state.heardCount);
  const [told, setTold] = useState<{ entry: EntryView; count: number }>();
  const last = useRef({ count, at: 0 });
  const blocked = useDaemon((daemon) => daemon.blocked);
  useEffect(() => {
    setTold((before) => (before && blocked.some((name) => sameName(name, before.entry.from)) ? undefined : before));
  }, [blocked]);
  useEffect(() => {
    if (count === last.current.count) return undefined;
    const tell = (): void => {
      const { heard, heardCount } = store.get();
      if (heard) setTold({ entry: heard, count: heardCount - last.current.count });
      last.current = { count: heardCount, at: now() };
    };
    const wait = last.current.at + EVERY_MS - now();
    if (wait <= 0) return tell();
    const timer = setTimeout(tell, wait);
    return () => clearTimeout(timer);
  }, [count, store, now]);
  return told;
}
