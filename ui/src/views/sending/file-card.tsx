import type { HTMLAttributes } from 'preact';
import { useRef } from 'preact/hooks';
import { fileKind } from '../../../../protocol/file-types.js';
import { shownFileName } from '../../../../protocol/files.js';
import { removeFile } from '../../app/files.js';
import { useApp } from '../../app/use-app.js';
import { Icon, type IconName } from '../../components/icon.js';
import { fileIcon } from '../../components/message-line.js';
import { isBlocked, type OutgoingFile } from '../../files/outgoing.js';
import { FileName } from '../files/file-card.js';

interface FileCardProps {
  readonly file: OutgoingFile;
  readonly first: boolean;
  readonly last: boolean;
  readonly dragging: HTMLAttributes<HTMLLIElement>;
  onMove(by: number): void;
  onRemoved(): void;
}

/** One file of the tray: what it looks like, its name and size, and what can be done with it. Alt and an arrow move it too. */
export function FileCard({ file, first, last, dragging, onMove, onRemoved }: FileCardProps) {
  const app = useApp();
  const { t, formats } = app;
  const { id, size, phase, looks } = file;
  const card = useRef<HTMLLIElement>(null);
  const name = looks.voice ? t('sending.voice_file') : shownFileName(file.name);
  const remove = (): void => {
    // To the next card, or the one before: whoever clears a tray by keyboard stays in it.
    const next = card.current?.nextElementSibling ?? card.current?.previousElementSibling;
    removeFile(app, id);
    const button = next?.querySelector<HTMLElement>('[data-remove]');
    if (button) button.focus();
    else onRemoved();
  };
  const onKeyDown = (event: KeyboardEvent): void => {
    const { key, altKey } = event;
    const forward = card.current && getComputedStyle(card.current).direction === 'rtl' ? 'ArrowRight' : 'ArrowLeft';
    if (altKey && (key === 'ArrowLeft' || key === 'ArrowRight')) onMove(key === forward ? -1 : 1);
    else if (key === 'Delete' || key === 'Backspace') remove();
    else return;
    event.preventDefault();
  };
  return (
    <li
      ref={card}
      class={isBlocked(file) ? 'tray-file tray-file-refused' : 'tray-file'}
      aria-label={`${name}, ${formats.size(size)}`}
      aria-busy={phase === 'reading'}
      onKeyDown={onKeyDown}
      {...dragging}
    >
      <Preview file={file} />
      <div class="tray-file-buttons">
        {!(first && last) && (
          <>
            <CardButton
              label={t('sending.earlier', { name })}
              icon="back"
              disabled={first}
              onClick={() => onMove(-1)}
            />
            <CardButton label={t('sending.later', { name })} icon="onwards" disabled={last} onClick={() => onMove(1)} />
          </>
        )}
        <CardButton label={t('sending.remove', { name })} icon="close" onClick={remove} remove />
      </div>
      <p class="tray-file-name">
        <FileName name={name} />
      </p>
      <p class="tray-file-size">
        {phase === 'reading' ? t('sending.reading') : formats.size(size)}
        {looks.duration !== undefined && ` · ${formats.clock(looks.duration)}`}
      </p>
    </li>
  );
}

interface CardButtonProps {
  readonly label: string;
  readonly icon: IconName;
  readonly disabled?: boolean;
  readonly remove?: boolean;
  onClick(): void;
}

/** Disabled in words alone: a real one would lose the focus as its card comes to the end of the tray. */
function CardButton({ label, icon, disabled = false, remove = false, onClick }: CardButtonProps) {
  return (
    <button
      type="button"
      class="tray-file-button"
      aria-label={label}
      title={label}
      aria-disabled={disabled}
      data-remove={remove || undefined}
      onClick={() => disabled || onClick()}
    >
      <Icon name={icon} small />
    </button>
  );
}

/** The same small picture that the others see first; for what has none, its kind. */
function Preview({ file: { mime, looks } }: { readonly file: OutgoingFile }) {
  const kind = fileKind(mime);
  return (
    <div class="tray-file-preview">
      {looks.thumbnail === undefined ? (
        <Icon name={fileIcon({ kind, voice: looks.voice === true })} />
      ) : (
        <img src={`data:image/webp;base64,${looks.thumbnail}`} alt="" draggable={false} />
      )}
      {kind === 'video' && looks.thumbnail !== undefined && (
        <span class="tray-file-film">
          <Icon name="film" small />
        </span>
      )}
    </div>
  );
}
