import { useEffect, useState } from 'preact/hooks';
import type { EntryView } from '../../../../protocol/local-api.js';
import { showPanel, loadPins } from '../../app/finding.js';
import { jumpTo } from '../../app/jump.js';
import { pinMessage } from '../../app/message-actions.js';
import { useApp, useDaemon, useSelector } from '../../app/use-app.js';
import { useMedia } from '../../components/hooks.js';
import { MessageText } from '../../components/message-text.js';
import { FileContent } from '../files/file-content.js';
import { closedState, personOf } from '../../state/sidebar.js';

export function PinsTab({ conversation }: { conversation: string }) {
  const { t } = useApp();
  const { entries, problem } = usePins(conversation);
  if (problem !== undefined && !entries)
    return (
      <p class="panel-note field-error" role="alert">
        {problem}
      </p>
    );
  if (!entries) return null;
  if (entries.length === 0)
    return (
      <div class="panel-empty">
        <p class="empty-title">{t('channels.pins_none')}</p>
        <p>{t('channels.pins_hint')}</p>
      </div>
    );
  return (
    <ul class="pins" aria-label={t('channels.pins')}>
      {entries.map((entry) => (
        <Pin key={entry.id} entry={entry} />
      ))}
    </ul>
  );
}

function Pin({ entry }: { entry: EntryView }) {
  const app = useApp();
  const { t, formats } = app;
  const covers = useMedia('(max-width: 1080px)');
  const author = useDaemon((daemon) => personOf(daemon, entry.from).name ?? entry.from);
  const isClosed = useDaemon((daemon) => closedState(daemon, entry.conversation) !== undefined);
  const jump = (): void => {
    // Where the panel lies over the messages, it would hide the one that is meant.
    if (covers) showPanel(app, undefined);
    void jumpTo(app, entry.conversation, entry.id);
  };
  return (
    <li class="pin">
      <div class="pin-head">
        <bdi class="pin-author">{author}</bdi>
        <time class="pin-time" dateTime={entry.time} title={formats.full(entry.time)}>
          {t('finding.result_when', { day: formats.day(entry.time, app.now()), time: formats.time(entry.time) })}
        </time>
      </div>
      <div class="pin-text">
        {entry.kind === 'file' && <FileContent entry={entry} />}
        {(entry.kind !== 'file' || entry.message !== '') && (
          <MessageText text={entry.message} fold={`pin ${entry.id}`} />
        )}
      </div>
      {entry.pinned && <p class="pin-by">{t('channels.pinned_by', { username: entry.pinned.by })}</p>}
      <div class="pin-actions">
        <button class="button button-small" onClick={jump}>
          {t('channels.pin_jump')}
        </button>
        {!isClosed && (
          <button class="button button-small button-plain" onClick={() => void pinMessage(app, entry, false)}>
            {t('channels.unpin')}
          </button>
        )}
      </div>
    </li>
  );
}

export interface Pins {
  /** Undefined until they were asked for. */
  readonly entries: readonly EntryView[] | undefined;
  readonly problem: string | undefined;
}

/** The pinned entries of a conversation; asked for once, then kept true by events. */
export function usePins(conversation: string): Pins {
  const app = useApp();
  const entries = useSelector((state) => state.finding.pins[conversation]);
  const live = useSelector((state) => state.connection.phase === 'live');
  const known = useSelector((state) => state.daemon?.conversations[conversation] !== undefined);
  const [problem, setProblem] = useState<string>();
  const wanted = live && known && entries === undefined;
  useEffect(() => {
    if (!wanted) return;
    let left = false;
    void loadPins(app, conversation).then((failure) => {
      if (!left) setProblem(failure);
    });
    return () => {
      left = true;
    };
  }, [app, conversation, wanted]);
  return { entries, problem };
}
