import { useState } from 'preact/hooks';
import type { EntryView } from '../../../../protocol/local-api.js';
import { jumpTo } from '../../app/jump.js';
import { usePersonName } from '../../app/people.js';
import { useApp, useDaemon } from '../../app/use-app.js';

/** What happened to the conversation rather than in it: a line of small print. */
export function TimelineNotice({ entry }: { entry: EntryView }) {
  const app = useApp();
  const { t, formats } = app;
  const target = entry.kind === 'pin' ? entry.data['target'] : undefined;
  return (
    <li class="row-notice" data-key={entry.id}>
      <NoticeText entry={entry} />{' '}
      {typeof target === 'string' && (
        <button class="row-link" onClick={() => void jumpTo(app, entry.conversation, target)}>
          {t('timeline.pinned_show')}
        </button>
      )}{' '}
      <time dateTime={entry.time}>{formats.time(entry.time)}</time>
    </li>
  );
}

function NoticeText({ entry }: { entry: EntryView }) {
  const { t } = useApp();
  const username = usePersonName(entry.from);
  if (entry.kind === 'join') return <>{t('entry.join', { username })}</>;
  if (entry.kind === 'leave') return <>{t('entry.leave', { username })}</>;
  if (entry.kind === 'pin') {
    return <>{t(entry.data['remove'] === true ? 'timeline.unpinned' : 'timeline.pinned', { username })}</>;
  }
  return (
    <>{entry.message ? t('entry.topic', { username, topic: entry.message }) : t('entry.topic_none', { username })}</>
  );
}

interface TimelineNoticesProps {
  readonly id: string;
  readonly entries: readonly EntryView[];
  /** The rows that were opened, of the whole timeline: this one may go out of view and come back. */
  readonly opened: Set<string>;
}

/** Many who joined and left, in a sentence; each of them where that is asked for. */
export function TimelineNotices({ id, entries, opened }: TimelineNoticesProps) {
  const { t, formats } = useApp();
  const [open, setOpen] = useState(opened.has(id));
  const toggle = (): void => {
    if (open) opened.delete(id);
    else opened.add(id);
    setOpen(!open);
  };
  return (
    <li class="row-notice" data-key={id}>
      <Sentence entries={entries} />{' '}
      <button class="row-link" aria-expanded={open} onClick={toggle}>
        {t(open ? 'timeline.collapse' : 'timeline.expand')}
      </button>
      {open && (
        <ul class="row-notices">
          {entries.map((entry) => (
            <li key={entry.id}>
              <NoticeText entry={entry} /> <time dateTime={entry.time}>{formats.time(entry.time)}</time>
            </li>
          ))}
        </ul>
      )}
    </li>
  );
}

/** So many are named before the rest is counted. */
const NAMED = 2;

function Sentence({ entries }: { entries: readonly EntryView[] }) {
  const { t, formats } = useApp();
  const people = useDaemon((daemon) => daemon.people);
  const shown = (from: string): string => {
    const key = from.toLowerCase();
    return (Object.hasOwn(people, key) ? people[key]?.name : undefined) ?? from;
  };
  const whoDid = (kind: string): readonly string[] =>
    [...new Set(entries.filter((entry) => entry.kind === kind).map(({ from }) => from))].map(shown);
  const names = (all: readonly string[]): string => {
    const [first = '', second = ''] = all;
    if (all.length <= NAMED + 1) return formats.list(all);
    return t('timeline.names_more', {
      names: t('timeline.names_comma', { first, second }),
      count: all.length - NAMED,
    });
  };
  const [joined, left] = [whoDid('join'), whoDid('leave')];
  return (
    <>
      {joined.length > 0 && t('timeline.joined', { names: names(joined), count: joined.length })}
      {joined.length > 0 && left.length > 0 && ' · '}
      {left.length > 0 && t('timeline.left', { names: names(left), count: left.length })}
    </>
  );
}
