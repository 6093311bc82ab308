import type { HTMLAttributes } from 'preact';
import { useEffect, useMemo, useRef, useState } from 'preact/hooks';
import { shownFileName } from '../../../../protocol/files.js';
import { moveFile, setPersonal } from '../../app/files.js';
import { useApp, useSelector } from '../../app/use-app.js';
import { isBlocked, type OutgoingFile, trayOf } from '../../files/outgoing.js';
import { FileCard } from './file-card.js';

interface FileTrayProps {
  readonly conversation: string;
  /** One was removed: the focus belongs to the text again. */
  onRemoved(): void;
}

/** Above the text: the files that go with it. */
export function FileTray({ conversation, onRemoved }: FileTrayProps) {
  const { t } = useApp();
  const all = useSelector((state) => state.outgoing);
  const files = useMemo(() => trayOf(all, conversation), [all, conversation]);
  const { told, move } = useTold(files);
  const dragging = useDragging(files, move);
  return (
    <>
      {files.length > 0 && (
        <div class="file-tray">
          <ul class="tray-files" aria-label={t('sending.tray')}>
            {files.map((file, index) => (
              <FileCard
                key={file.id}
                file={file}
                first={index === 0}
                last={index === files.length - 1}
                dragging={dragging(index)}
                onMove={(by) => move(file, by)}
                onRemoved={onRemoved}
              />
            ))}
          </ul>
          <PersonalChoice files={files} />
          {files.filter(isBlocked).map((file) => (
            <Blocked key={file.id} file={file} />
          ))}
        </div>
      )}
      <p class="visually-hidden" role="status">
        {told}
      </p>
    </>
  );
}

/** What those hear who do not see the tray: how many there are now, or where the one that was moved has come to. */
function useTold(files: readonly OutgoingFile[]) {
  const app = useApp();
  const { t } = app;
  const [told, setTold] = useState('');
  const { length } = files;
  const before = useRef(0);
  useEffect(() => {
    if (length !== before.current) {
      setTold(length === 0 ? t('sending.tray_empty') : t('sending.tray_count', { count: length }));
    }
    before.current = length;
  }, [length, t]);
  const move = (file: OutgoingFile, by: number): void => {
    const place = Math.max(0, Math.min(length - 1, files.indexOf(file) + by)) + 1;
    moveFile(app, file.id, by);
    setTold(t('sending.moved', { name: shownFileName(file.name), place, count: length }));
  };
  return { told, move };
}

/** By mouse: a card is dragged onto the place of another. */
function useDragging(files: readonly OutgoingFile[], move: (file: OutgoingFile, by: number) => void) {
  const dragged = useRef<string | undefined>(undefined);
  return (index: number): HTMLAttributes<HTMLLIElement> => ({
    draggable: files.length > 1,
    onDragStart(event) {
      dragged.current = files[index]?.id;
      if (event.dataTransfer) event.dataTransfer.effectAllowed = 'move';
    },
    onDragEnd: () => void (dragged.current = undefined),
    onDragOver(event) {
      if (dragged.current === undefined) return;
      event.preventDefault();
      const from = files.findIndex(({ id }) => id === dragged.current);
      const file = files[from];
      if (file && from !== index) move(file, index - from);
    },
    onDrop: (event) => event.preventDefault(),
  });
}

/** What stands against sending one as it is, and the way on. */
function Blocked({ file: { id, name, phase } }: { readonly file: OutgoingFile }) {
  const app = useApp();
  const { t } = app;
  const shown = { name: shownFileName(name) };
  const unreadable = phase === 'unreadable';
  return (
    <div class="tray-blocked">
      <p class="tray-refused" role="alert">
        {unreadable ? t('sending.unreadable_named', shown) : t('sending.damaged', shown)}
      </p>
      {!unreadable && (
        <button type="button" class="button button-small" onClick={() => setPersonal(app, [id], true)}>
          {t('sending.damaged_send')}
        </button>
      )}
    </div>
  );
}

/** Only where there is something to remove. */
function PersonalChoice({ files }: { readonly files: readonly OutgoingFile[] }) {
  const app = useApp();
  const { t } = app;
  const telling = files.filter(({ personal }) => personal === 'some' || personal === 'place');
  const unknown = files.some(({ personal }) => personal === 'unknown');
  return (
    <>
      {telling.length > 0 && (
        <label class="choice tray-choice">
          <input
            type="checkbox"
            role="switch"
            checked={telling.every(({ keepsPersonal }) => !keepsPersonal)}
            onChange={({ currentTarget }) =>
              setPersonal(
                app,
                telling.map(({ id }) => id),
                !currentTarget.checked,
              )
            }
          />
          <span>
            {t('sending.personal')}{' '}
            {telling.some(({ personal }) => personal === 'place') && (
              <span class="tray-why">{t('sending.personal_place')}</span>
            )}
          </span>
        </label>
      )}
      {unknown && <p class="tray-why">{t('sending.personal_unknown')}</p>}
    </>
  );
}
