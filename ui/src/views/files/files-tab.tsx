import type { FileView } from '../../../../protocol/local-api.js';
import { useCallback, useEffect, useMemo, useState } from 'preact/hooks';
import { fetchFile, listFiles, saveFile } from '../../app/file-actions.js';
import { showPanel } from '../../app/finding.js';
import { jumpTo } from '../../app/jump.js';
import { useApp, useDaemon, useSelector } from '../../app/use-app.js';
import { useMedia } from '../../components/hooks.js';
import { Icon } from '../../components/icon.js';
import { fileIcon } from '../../components/message-line.js';
import type { FileFilter } from '../../state/file-list.js';
import { fileForm, lookOf, type FileLook } from '../../state/files.js';
import { personOf } from '../../state/sidebar.js';
import { partDone } from '../../state/transfers.js';
import { FileName } from './file-card.js';
import { useProgress, useThumbnail } from './use-file.js';

const filters: readonly (FileFilter | undefined)[] = [undefined, 'image', 'video', 'audio', 'document', 'other'];

/** All files of a conversation, newest first, or those of one kind. */
export function FilesTab({ conversation }: { conversation: string }) {
  const app = useApp();
  const { t, store } = app;
  const files = useSelector((state) => state.finding.files);
  const live = useSelector((state) => state.connection.phase === 'live');
  const [problem, setProblem] = useState<string>();
  const shown = files?.conversation === conversation ? files : undefined;
  const choose = useCallback(
    (filter: FileFilter | undefined) =>
      store.dispatch({ type: 'finding', change: { kind: 'files/asked', conversation, ...(filter && { filter }) } }),
    [store, conversation],
  );
  const ask = useCallback((older: boolean) => void listFiles(app, older).then(setProblem), [app]);
  useEffect(() => {
    if (!shown) choose(undefined);
  }, [shown, choose]);
  const wanted = live && shown !== undefined && shown.list === undefined;
  const kind = shown?.kind;
  useEffect(() => {
    if (wanted) ask(false);
  }, [wanted, kind, ask]);
  const list = shown?.list;
  return (
    <>
      <div class="file-filters" role="group" aria-label={t('file.filter')}>
        {filters.map((filter) => (
          <button
            key={filter ?? 'all'}
            type="button"
            class="file-filter"
            aria-pressed={shown?.kind === filter}
            onClick={() => choose(filter)}
          >
            {t(filter === 'other' ? 'file.filter_rest' : `file.filter_${filter ?? 'all'}`)}
          </button>
        ))}
      </div>
      {problem !== undefined && (
        <div class="panel-note" role="alert">
          <p class="field-error">{problem}</p>
          <button type="button" class="button button-small" onClick={() => ask(list !== undefined)}>
            {t('file.list_retry')}
          </button>
        </div>
      )}
      {list?.length === 0 && (
        <div class="panel-empty">
          <p class="empty-title">{t(kind === undefined ? 'file.none' : 'file.none_kind')}</p>
          <p>{t(kind === undefined ? 'file.none_hint' : 'file.none_kind_hint')}</p>
        </div>
      )}
      {list && list.length > 0 && (
        <ul class="file-list" aria-label={t('channels.files')}>
          {list.map((file) => (
            <Listed key={file.entry} file={file} />
          ))}
        </ul>
      )}
      {shown?.more && (
        <button type="button" class="button button-small file-more" onClick={() => ask(true)}>
          {t('file.more')}
        </button>
      )}
    </>
  );
}

function Listed({ file }: { file: FileView }) {
  const app = useApp();
  const { t, formats } = app;
  const covers = useMedia('(max-width: 1080px)');
  const look = useMemo(() => lookOf(file), [file]);
  const author = useDaemon((daemon) => personOf(daemon, file.from).name ?? file.from);
  if (!look) return null;
  const jump = (): void => {
    if (covers) showPanel(app, undefined);
    void jumpTo(app, file.conversation, file.entry);
  };
  const meta = { size: formats.size(look.size), name: author, day: formats.day(file.time, app.now()) };
  return (
    <li class="file-listed">
      <Preview file={file} look={look} />
      <button type="button" class="file-listed-text" title={t('file.goto_named', { name: look.name })} onClick={jump}>
        <FileName name={look.name} />
        <span class="file-card-about">{t('file.list_meta', meta)}</span>
      </button>
      <Action file={file} look={look} />
    </li>
  );
}

/** A picture leads to its full view; what has no picture shows its kind. */
function Preview({ file, look }: { file: FileView; look: FileLook }) {
  const { t, pictureViewed } = useApp();
  const thumbnail = useThumbnail(look.thumbnail);
  const inside =
    thumbnail === undefined ? <Icon name={fileIcon(look)} /> : <img src={thumbnail} alt="" draggable={false} />;
  if (fileForm(look) !== 'picture') return <span class="file-listed-icon">{inside}</span>;
  const { conversation, entry } = file;
  return (
    <button
      type="button"
      class="file-listed-icon"
      aria-label={t('file.open_named', { name: look.name })}
      onClick={() => pictureViewed.set({ conversation, entry, listed: true })}
    >
      {inside}
    </button>
  );
}

function Action({ file, look }: { file: FileView; look: FileLook }) {
  const app = useApp();
  const { t, formats } = app;
  const { state, down } = useProgress(look, file.here);
  const size = formats.size(look.size);
  if (state === 'running' && down) return <span class="file-listed-part">{formats.percent(partDone(down))}</span>;
  if (state === 'waiting') return <Icon name="clock" small />;
  const label = t(
    state === 'here' ? 'file.save_named' : state === 'paused' ? 'file.resume_named' : 'file.fetch_named',
    {
      ...{ name: look.name, size },
    },
  );
  const run = (): void => (state === 'here' ? saveFile(look) : void fetchFile(app, look.sha256));
  return (
    <button type="button" class="icon-button" aria-label={label} title={label} onClick={run}>
      <Icon name={state === 'paused' ? 'play' : 'download'} small />
    </button>
  );
}
