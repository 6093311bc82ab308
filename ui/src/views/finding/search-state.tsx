import { useApp } from '../../app/use-app.js';
import type { Search } from '../../state/finding.js';

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
