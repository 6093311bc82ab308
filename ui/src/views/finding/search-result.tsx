import { useMemo } from 'preact/hooks';
import type { EntryView } from '../../../../protocol/local-api.js';
import { rememberVisited } from '../../app/finding.js';
import { jumpTo } from '../../app/jump.js';
import { useApp, useDaemon } from '../../app/use-app.js';
import { Avatar } from '../../components/avatar.js';
import { memo } from '../../components/memo.js';
import { personOf } from '../../state/sidebar.js';
import { excerptOf } from './excerpt.js';
import { Marked } from './marked.js';

interface SearchResultProps {
  readonly entry: EntryView;
  readonly terms: readonly string[];
  /** Gone to last. */
  readonly visited: boolean;
}

export const SearchResult = memo<SearchResultProps>(
  function Result({ entry, terms, visited }) {
    const app = useApp();
    const { formats } = app;
    const author = useDaemon((daemon) => personOf(daemon, entry.from).name ?? entry.from);
    const pieces = useMemo(() => excerptOf(entry, terms), [entry, terms]);
    const go = (event: MouseEvent): void => {
      // A new tab follows the link by itself.
      if (event.ctrlKey || event.metaKey || event.shiftKey) return;
      event.preventDefault();
      rememberVisited(app, entry.id);
      void jumpTo(app, entry.conversation, entry.id);
    };
    return (
      <li>
        <a
          class="result"
          href={`#/m/${entry.id}`}
          onClick={go}
          data-result
          {...(visited ? { 'data-visited': '' } : {})}
        >
          <Avatar username={entry.from} size="small" />
          <span class="result-body">
            <span class="result-head">
              <span class="result-author" dir="auto">
                {author}
              </span>{' '}
              <time class="result-time" dateTime={entry.time} title={formats.full(entry.time)}>
                {app.t('finding.result_when', {
                  day: formats.day(entry.time, app.now()),
                  time: formats.time(entry.time),
                })}
              </time>
            </span>
            <span class="result-text">
              <bdi>
                <Marked pieces={pieces} />
              </bdi>
            </span>
          </span>
        </a>
      </li>
    );
  },
  (a, b) => a.entry === b.entry && a.terms === b.terms && a.visited === b.visited,
);
