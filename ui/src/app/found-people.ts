/**
 * People whom the daemon does not list unasked, since its tracker has too many: found while their name is typed. They stand
 * beside those of the state and are in no snapshot; whoever is written to comes into it.
 */
import { useEffect, useMemo, useState } from 'preact/hooks';
import type { PersonView } from '../../../protocol/local-api.js';
import type { Daemon } from '../state/model.js';
import type { App } from './context.js';
import { Latest } from './latest.js';
import { useApp, useSelector } from './use-app.js';

/** None where it fails: those who are known here are shown in any case. */
async function find(app: App, query: string): Promise<readonly PersonView[]> {
  try {
    return (await app.commands.run('people.find', { query })).people;
  } catch {
    return [];
  }
}

/** Those of the query, or of the one before until the daemon has answered; none for an empty one. */
export function useFoundPeople(query: string): readonly PersonView[] {
  const app = useApp();
  const [found, setFound] = useState<readonly PersonView[]>([]);
  const asker = useMemo(() => new Latest<string>(async (asked) => setFound(await find(app, asked))), [app]);
  // What was asked while the connection was away is asked again when it is back.
  const live = useSelector((state) => state.connection.phase === 'live');
  useEffect(() => {
    if (query === '') asker.forget();
    else if (live) asker.want(query);
  }, [asker, query, live]);
  useEffect(() => () => asker.forget(), [asker]);
  return query === '' ? NONE : found;
}

const NONE: readonly PersonView[] = [];

export interface PeopleFinder {
  readonly found: () => readonly PersonView[];
  /** Asks where the text is another one; `then` runs when they have come. */
  want(text: string, then: () => void): void;
}

/** The same for the composer, which looks at what is typed by itself. */
export function usePeopleFinder(app: App): PeopleFinder {
  return useMemo(() => {
    let found: readonly PersonView[] = NONE;
    let last = '';
    const asker = new Latest<{ text: string; then: () => void }>(async ({ text, then }) => {
      found = await find(app, text);
      then();
    });
    return {
      found: () => found,
      want(text, then) {
        if (text === last || text === '') return;
        last = text;
        asker.want({ text, then });
      },
    };
  }, [app]);
}

/**
 * What the state says of somebody counts before what was found. `all`: with somebody blocked as well whose whole name was typed,
 * where they can be unblocked.
 */
export function withFound(people: Daemon['people'], found: readonly PersonView[], all = false): Daemon['people'] {
  const others = found.filter(
    ({ username, blocked }) => !Object.hasOwn(people, username.toLowerCase()) && (all || blocked !== true),
  );
  if (others.length === 0) return people;
  return { ...people, ...Object.fromEntries(others.map((person) => [person.username.toLowerCase(), person])) };
}
