import { useRef } from 'preact/hooks';
import { askMore, writeQuery } from '../../app/finding.js';
import { useApp, useSelector } from '../../app/use-app.js';
import { PaneHeader } from '../pane-header.js';
import { SearchField } from './search-field.js';
import { SearchResults } from './search-results.js';
import { useSearch } from './use-search.js';
import { walkResults } from './walk-results.js';
import type { TextKey } from '../../text/translate.js';
import type { Search } from '../../state/finding.js';

/** How near to the end of the results older ones are asked for, px. */
const AHEAD = 600;

/** All messages, looked through as one types. The address holds the query, so that going back finds it again. */
export function SearchView() {
  const app = useApp();
  const { t } = app;
  const query = useSelector((state) => (state.route.view === 'search' ? state.route.query : ''));
  const box = useRef<HTMLDivElement>(null);
  const retry = useSearch(query);
  const onScroll = (): void => {
    const { scrollTop = 0, clientHeight = 0, scrollHeight = 0 } = box.current ?? {};
    if (scrollHeight - scrollTop - clientHeight < AHEAD) void askMore(app);
  };
  return (
    <div class="page search" onKeyDown={(event) => walkResults(event, box.current)}>
      <PaneHeader title={t('finding.search')} />
      <SearchField query={query} onQuery={(text) => writeQuery(app, text)} />
      <div ref={box} class="search-body" onScroll={onScroll}>
        {query.trim() === '' ? <SearchTeach /> : <SearchResults onRetry={retry} />}
      </div>
    </div>
  );
}

/** Where nothing is typed yet: what can be. */
export function SearchTeach() {
  const { t } = useApp();
  const examples: readonly (readonly [string, TextKey])[] = [
    ['from:', 'finding.filter_from'],
    ['in:', 'finding.filter_in'],
    ['has:', 'finding.filter_has'],
    ['before:', 'finding.filter_before'],
    ['after:', 'finding.filter_after'],
    ['on:', 'finding.filter_on'],
    [t('finding.teach_example_phrase'), 'finding.teach_phrase'],
  ];
  return (
    <div class="search-teach">
      <p class="empty-title">{t('finding.teach')}</p>
      <p>{t('finding.teach_words')}</p>
      <dl class="search-examples">
        {examples.map(([example, text]) => (
          <div key={example}>
            <dt dir="auto">
              <code>{example}</code>
            </dt>
            <dd>{t(text)}</dd>
          </div>
        ))}
      </dl>
    </div>
  );
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
