import { useEffect, useLayoutEffect, useMemo, useRef, useState } from 'preact/hooks';
import { useApp, useDaemon, useSelector } from '../../app/use-app.js';
import type { Search } from '../../state/finding.js';
import { directName } from '../../state/route.js';
import { conversationTitle, personOf } from '../../state/sidebar.js';
import { grouped, type ResultGroup, SearchResult } from './search-result.js';

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
    if (conversation.startsWith('#')) return conversationTitle(daemon, conversation);
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

interface SearchStateProps {
  readonly search: Search;
  /** The answer takes its time. */
  readonly slow: boolean;
  onRetry(): void;
}

/** How the search stands: how much was found, what is wrong with the query, or why there is no answer. */
export function SearchState({ search, slow, onRetry }: SearchStateProps) {
  const { t } = useApp();
  const { phase, failure, problems, entries, terms, shown, behind } = search;
  const answered = shown !== undefined && phase !== 'failed';
  return (
    <div class="search-state">
      {phase === 'failed' && (
        <div role="alert">
          <p class="field-error">
            {t('finding.results_failed')} <span dir="auto">{failure}</span>
          </p>
          <button class="button button-small" onClick={onRetry}>
            {t('finding.results_retry')}
          </button>
        </div>
      )}
      <div role="status">
        {problems.length > 0 && (
          <ul class="search-problems">
            {problems.map((problem) => (
              <li key={problem} dir="auto">
                {problem}
              </li>
            ))}
          </ul>
        )}
      </div>
      <div role="status">
        {behind && (
          <p class="search-behind">
            {t('finding.results_behind')}{' '}
            <button class="button button-small" onClick={onRetry}>
              {t('finding.results_again')}
            </button>
          </p>
        )}
      </div>
      <p class="search-count" role="status">
        {slow ? t('finding.results_asking') : answered && entries.length > 0 ? countOf(search, t) : ''}
      </p>
      {answered && entries.length === 0 && phase === 'idle' && (
        <div class="search-none" role="status">
          <p class="empty-title">{t('finding.results_none')}</p>
          <p>{t(terms.some(isLetter) ? 'finding.results_none_letter' : 'finding.results_none_hint')}</p>
        </div>
      )}
    </div>
  );
}

/** A single letter begins too many words to be looked up so. */
function isLetter(term: string): boolean {
  return /^[\p{L}\p{N}]$/u.test(term.normalize('NFC'));
}

function countOf({ entries, more }: Search, t: ReturnType<typeof useApp>['t']): string {
  return t(more ? 'finding.results_more' : 'finding.results_count', { count: entries.length });
}
