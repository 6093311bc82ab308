import { useRef } from 'preact/hooks';
import { askMore, writeQuery } from '../../app/finding.js';
import { useApp, useSelector } from '../../app/use-app.js';
import { PaneHeader } from '../pane-header.js';
import { SearchField } from './search-field.js';
import { SearchResults } from './search-results.js';
import { SearchTeach } from './search-teach.js';
import { useSearch } from './use-search.js';
import { walkResults } from './walk-results.js';

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
