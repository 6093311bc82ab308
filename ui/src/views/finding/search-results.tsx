import { useEffect, useLayoutEffect, useMemo, useRef, useState } from 'preact/hooks';
import { useApp, useDaemon, useSelector } from '../../app/use-app.js';
import { directName } from '../../state/route.js';
import { personOf } from '../../state/sidebar.js';
import { grouped, type ResultGroup, SearchResult } from './search-result.js';
import { SearchState } from './search-view.js';

/** After this long without an answer the person is told that the search goes on, ms. */
const SLOW = 400;

export function SearchResults({ onRetry }: { onRetry: () => void }) {
  const { t } = useApp();
  const search = useSelector((state) => state.finding.search);
  const slow = useSlow(search.phase === 'asking');
  const groups = useMemo(() => grouped(search.entries), [search.entries]);
  const list = useRef<HTMLDivElement>(null);
  useLayoutEffect(() => {
    // Coming back from a result, the person stands where they were.
    list.current?.querySelector<HTMLElement>('[data-visited]')?.focus();
  }, []);
  return (
    <>
      <SearchState search={search} slow={slow} onRetry={onRetry} />
      <div
        ref={list}
        class="results"
        role="region"
        aria-label={t('finding.results')}
        aria-busy={search.phase === 'asking'}
      >
        {groups.map((group, i) => (
          <Group key={`${i} ${group.conversation}`} group={group} terms={search.terms} visited={search.visited} />
        ))}
      </div>
      {search.entries.length > 0 && !search.more && <p class="results-end">{t('finding.results_end')}</p>}
    </>
  );
}

interface GroupProps {
  readonly group: ResultGroup;
  readonly terms: readonly string[];
  readonly visited: string | undefined;
}

function Group({ group: { conversation, entries }, terms, visited }: GroupProps) {
  const place = useDaemon((daemon) => {
    if (conversation.startsWith('#')) return conversation;
    const person = personOf(daemon, directName(conversation, daemon.me.username));
    return person.name ?? person.username;
  });
  return (
    <section class="result-group">
      <h2 class="result-place">
        <bdi>{place}</bdi>
      </h2>
      <ol>
        {entries.map((entry) => (
          <SearchResult key={entry.id} entry={entry} terms={terms} visited={entry.id === visited} />
        ))}
      </ol>
    </section>
  );
}

/** True once `is` has been so for a while: what is fast needs no word. */
function useSlow(is: boolean): boolean {
  const [slow, setSlow] = useState(false);
  useEffect(() => {
    if (!is) {
      setSlow(false);
      return;
    }
    const timer = setTimeout(() => setSlow(true), SLOW);
    return () => clearTimeout(timer);
  }, [is]);
  return slow && is;
}
