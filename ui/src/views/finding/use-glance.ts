import { useEffect, useMemo, useState } from 'preact/hooks';
import { glance } from '../../app/finding.js';
import type { Glance } from '../../app/finding.js';
import { Latest } from '../../app/latest.js';
import { useApp, useSelector } from '../../app/use-app.js';
import { narrowed } from './ranking.js';

/** A few messages for what is typed: asked for as fast as the daemon answers, those of the query before until then. */
export function useGlance(query: string): Glance | undefined {
  const app = useApp();
  const [found, setFound] = useState<Glance>();
  const asker = useMemo(() => new Latest<string>(async (asked) => setFound(await glance(app, asked))), [app]);
  // What was asked while the connection was away is asked again when it is back.
  const live = useSelector((state) => state.connection.phase === 'live');
  const { letters, only } = narrowed(query);
  const wanted = only === undefined ? letters : '';
  useEffect(() => {
    if (wanted === '') {
      asker.forget();
      setFound(undefined);
    } else if (live) asker.want(wanted);
  }, [asker, wanted, live]);
  useEffect(() => () => asker.forget(), [asker]);
  // An answer to letters that were taken away again tells nothing.
  return wanted === '' ? undefined : found;
}
