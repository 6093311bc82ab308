import { useRef } from 'preact/hooks';
import { askMore, writeQuery } from '../../app/finding.js';
import { useApp, useSelector } from '../../app/use-app.js';
import { PaneHeader } from '../pane-header.js';
import { SearchField } from './search-field.js';
import { SearchResults } from './search-results.js';
import { useSearch } from './use-search.js';
import { walkResults } from './use-search.js';
import type { TextKey } from '../../text/translate.js';

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
