import { useEffect, useLayoutEffect, useMemo, useRef, useState } from 'preact/hooks';
import { saveFile } from '../../app/file-actions.js';
import { showPanel } from '../../app/finding.js';
import { jumpTo } from '../../app/jump.js';
import { useObservable } from '../../app/observable.js';
import { useApp, useDaemon, useSelector } from '../../app/use-app.js';
import { Icon, type IconName } from '../../components/icon.js';
import { fileUrl } from '../../state/files.js';
import { emptyTimeline } from '../../state/model.js';
import { type Shown, type Viewed, shownInList, shownInTimeline } from '../../state/pictures.js';
import { personOf } from '../../state/sidebar.js';
import { fileLine } from '../../text/file-words.js';
import { onOneLine } from '../../text/message-line.js';
import { FileStatus } from './file-status.js';
import { PictureLayers } from './picture.js';
import { usePicture } from './use-file.js';
import { useZoom } from './use-zoom.js';

/** Over everything: one picture as large as the window, and by the arrows the others of its conversation. */
export function FullView() {
  const { pictureViewed } = useApp();
  const viewed = useObservable(pictureViewed);
  return viewed ? <Opened viewed={viewed} /> : null;
}

function Opened({ viewed }: { viewed: Viewed }) {
  const app = useApp();
  const { pictureViewed } = app;
  const { conversation, entry, listed } = viewed;
  const entries = useSelector((state) => (state.timelines[conversation] ?? emptyTimeline).entries);
  const list = useSelector((state) => state.finding.files?.list);
  const all = useMemo(() => (listed ? shownInList(list ?? []) : shownInTimeline(entries)), [listed, list, entries]);
  const at = all.findIndex(({ id }) => id === entry);
  const shown = all[at];
  const last = useRef(at);
  useEffect(() => {
    if (at >= 0) last.current = at;
    // It was taken back while it was looked at: its neighbour takes its place.
    else {
      const next = all[Math.min(last.current, all.length - 1)];
      pictureViewed.set(next && { ...viewed, entry: next.id });
    }
  }, [at, all, viewed, pictureViewed]);
  const go = (step: 1 | -1): void => {
    const next = all[at + step];
    if (next) pictureViewed.set({ ...viewed, entry: next.id });
  };
  if (!shown) return null;
  return <Stage shown={shown} at={at} of={all.length} onGo={go} onClose={() => pictureViewed.set(undefined)} />;
}

interface StageProps {
  readonly shown: Shown;
  /** Its place among all, from 0. */
  readonly at: number;
  readonly of: number;
  onGo(step: 1 | -1): void;
  onClose(): void;
}

function Stage({ shown, at, of, onGo, onClose }: StageProps) {
  const app = useApp();
  const { t, formats } = app;
  const { look, here, from, time, conversation } = shown;
  const dialog = useRef<HTMLDialogElement>(null);
  const stage = useRef<HTMLDivElement>(null);
  const author = useDaemon((daemon) => personOf(daemon, from).name ?? from);
  const { width, height } = look;
  const picture = useMemo(() => (width && height ? { width, height } : undefined), [width, height]);
  const rtl = document.documentElement.dir === 'rtl';
  const { zoom, ...zooming } = useZoom({
    stage,
    picture,
    onSwipe: (way) => (way === 'down' ? onClose() : onGo((way === 'left') !== rtl ? 1 : -1)),
  });
  const { id } = shown;
  const { whole } = zooming;
  const opened = useRef(id);
  if (opened.current !== id) {
    opened.current = id;
    whole();
  }
  useLayoutEffect(() => {
    const element = dialog.current;
    element?.showModal();
    return () => {
      element?.close();
      if (document.activeElement === document.body) document.querySelector<HTMLElement>('[data-main]')?.focus();
    };
  }, []);
  const onKeyDown = (event: KeyboardEvent): void => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const keys: Readonly<Record<string, () => void>> = {
      ArrowRight: () => onGo(rtl ? -1 : 1),
      ArrowLeft: () => onGo(rtl ? 1 : -1),
      '+': zooming.in,
      '=': zooming.in,
      '-': zooming.out,
      '0': zooming.whole,
    };
    const run = keys[event.key];
    // Nothing that is pressed here is for the page beneath.
    if (event.key !== 'Tab' && event.key !== 'Escape') event.stopPropagation();
    if (!run) return;
    event.preventDefault();
    run();
  };
  const alt = fileLine(t, look, onOneLine(shown.caption));
  const toMessage = (): void => {
    onClose();
    if (window.matchMedia('(max-width: 1080px)').matches) showPanel(app, undefined);
    void jumpTo(app, conversation, id);
  };
  return (
    <dialog
      ref={dialog}
      class="full-view"
      aria-label={t('file.view')}
      onKeyDown={onKeyDown}
      onClose={({ currentTarget }) => currentTarget.isConnected && onClose()}
    >
      <div class="full-head">
        <div class="full-about">
          <bdi class="full-name">{look.name}</bdi>
          <span class="full-meta">
            <bdi>{author}</bdi>, {formats.full(time)}
          </span>
        </div>
        <span class="full-place" role="status">
          <span class="visually-hidden">{look.name}</span>
          {of > 1 && t('file.view_place', { at: at + 1, of })}
        </span>
        <div class="full-tools">
          <Tool icon="minus" label={t('file.zoom_out')} shortcut="-" off={zoom.scale === 1} onPress={zooming.out} />
          <Tool icon="fit" label={t('file.zoom_fit')} shortcut="0" off={zoom.scale === 1} onPress={zooming.whole} />
          <Tool icon="plus" label={t('file.zoom_in')} shortcut="+" onPress={zooming.in} />
          <Tool icon="message" label={t('file.view_message')} onPress={toMessage} />
          {here && (
            <Tool icon="download" label={t('file.save_named', { name: look.name })} onPress={() => saveFile(look)} />
          )}
          <Tool icon="close" label={t('file.view_close')} shortcut="Esc" onPress={() => dialog.current?.close()} />
        </div>
      </div>
      <div ref={stage} class="full-stage" data-zoomed={zoom.scale > 1}>
        <FullPicture key={id} shown={shown} alt={alt} zoom={zoom} />
        {at > 0 && <Step way="previous" label={t('file.view_previous')} onPress={() => onGo(-1)} />}
        {at < of - 1 && <Step way="next" label={t('file.view_next')} onPress={() => onGo(1)} />}
      </div>
      {shown.caption !== '' && (
        <p class="full-caption" dir="auto">
          {onOneLine(shown.caption)}
        </p>
      )}
    </dialog>
  );
}

interface FullPictureProps {
  readonly shown: Shown;
  readonly alt: string;
  readonly zoom: { readonly scale: number; readonly x: number; readonly y: number };
}

function FullPicture({ shown: { look, here, from }, alt, zoom }: FullPictureProps) {
  const { t } = useApp();
  const check = usePicture(look, here);
  const [broken, setBroken] = useState(false);
  const drawn = here && check === 'fine' && !broken;
  const note = check === 'giant' ? 'file.giant' : here && (broken || check === 'unlike') ? 'file.not_shown' : undefined;
  return (
    <>
      <div
        class="full-picture"
        style={{ transform: `translate(${zoom.x}px, ${zoom.y}px) scale(${zoom.scale})` }}
        data-scale={zoom.scale}
      >
        <PictureLayers
          look={look}
          alt={alt}
          src={drawn ? fileUrl(look.sha256) : undefined}
          onBroken={() => setBroken(true)}
        />
      </div>
      {!here && (
        <div class="full-status">
          <FileStatus look={look} here={here} from={from} />
        </div>
      )}
      {note !== undefined && <p class="full-status">{t(note)}</p>}
    </>
  );
}

interface ToolProps {
  readonly icon: IconName;
  readonly label: string;
  /** The key that does the same. */
  readonly shortcut?: string;
  readonly off?: boolean;
  onPress(): void;
}

/** One that can do nothing just now keeps the focus all the same. */
function Tool({ icon, label, shortcut, off = false, onPress }: ToolProps) {
  return (
    <button
      type="button"
      class="icon-button"
      aria-label={label}
      aria-disabled={off}
      title={shortcut === undefined ? label : `${label} (${shortcut})`}
      onClick={onPress}
    >
      <Icon name={icon} />
    </button>
  );
}

function Step({ way, label, onPress }: { way: 'next' | 'previous'; label: string; onPress(): void }) {
  return (
    <button type="button" class={`full-step full-${way}`} aria-label={label} title={label} onClick={onPress}>
      <Icon name={way === 'next' ? 'onwards' : 'back'} />
    </button>
  );
}
