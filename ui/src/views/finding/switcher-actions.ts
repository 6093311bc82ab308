/** Where an entry of the switcher leads, and the messages that it shows for what is typed. */
import { useEffect, useMemo, useState } from 'preact/hooks';
import type { App } from '../../app/context.js';
import { writeQuery, glance, type Glance } from '../../app/finding.js';
import { jumpTo } from '../../app/jump.js';
import { Latest } from '../../app/latest.js';
import { useApp, useSelector } from '../../app/use-app.js';
import { formatRoute } from '../../state/route.js';
import type { Candidate } from './candidates.js';
import { runCommand } from './commands.js';
import { narrowed } from './ranking.js';
import type { Item } from './switcher-items.js';

export function goTo(app: App, item: Item): void {
  if (item.kind === 'search') writeQuery(app, item.query);
  else if (item.kind === 'message') void jumpTo(app, item.entry.conversation, item.entry.id);
  else goToPlace(app, item.hit.candidate);
}

/** A channel that one is not in is looked at first: to join is told to everybody there. */
function goToPlace(app: App, { kind, name }: Candidate): void {
  if (kind === 'command') runCommand(app, name);
  else if (kind === 'person') app.navigate(formatRoute({ view: 'person', username: name }));
  else app.navigate(formatRoute({ view: 'channel', channel: name }));
}

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
