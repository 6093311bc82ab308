import type { EntryView } from '../../../../protocol/local-api.js';
import { useState } from 'preact/hooks';
import { viewPicture } from '../../app/file-actions.js';
import { useApp } from '../../app/use-app.js';
import { Icon } from '../../components/icon.js';
import { boxOf, fileUrl, type FileLook } from '../../state/files.js';
import { FileCard } from './file-card.js';
import { FileStatus } from './file-status.js';
import { FileUps } from './file-ups.js';
import { fileLine } from '../../text/file-words.js';
import { onOneLine } from '../../text/message-line.js';
import { usePicture, useThumbnail } from './use-file.js';

/** Px that a picture or a film takes at most in a message. */
export const ROOM = { width: 420, height: 340 };

interface PictureProps {
  readonly entry: EntryView;
  readonly look: FileLook;
  /** In a grid: the room is given, and it is filled. */
  readonly tile?: boolean;
}

/** A picture where it was sent: its room is known before anything of it is here, so nothing moves when it comes. */
export function Picture({ entry, look, tile = false }: PictureProps) {
  const app = useApp();
  const { t } = app;
  const here = entry.here === true;
  const check = usePicture(look, here);
  const [broken, setBroken] = useState(false);
  const alt = fileLine(t, look, onOneLine(entry.message));
  if (!tile && here && (broken || check === 'unlike'))
    return <FileCard look={look} here from={entry.from} note={t('file.not_shown')} />;
  const box = boxOf(look, ROOM);
  return (
    <div
      class={tile ? 'picture picture-tile' : 'picture'}
      style={tile ? undefined : { width: `${box.width}px`, aspectRatio: `${box.width} / ${box.height}` }}
    >
      <button
        type="button"
        class="picture-open"
        aria-label={t('file.open_named', { name: alt })}
        title={look.name}
        onClick={() => viewPicture(app, entry)}
      >
        <PictureLayers
          look={look}
          alt={alt}
          fill={tile || box.width < ROOM.width / 4}
          src={here && check === 'fine' && !broken ? fileUrl(look.sha256) : undefined}
          onBroken={() => setBroken(true)}
        />
        {here && (check === 'giant' || broken || check === 'unlike') && (
          <span class="picture-note">{t(check === 'giant' ? 'file.giant' : 'file.not_shown')}</span>
        )}
      </button>
      <div class="picture-over">
        <FileStatus look={look} here={here} from={entry.from} over />
        <FileUps sha256={look.sha256} name={look.name} />
      </div>
    </div>
  );
}

interface PictureLayersProps {
  readonly look: FileLook;
  readonly alt: string;
  /** Its edges may be cut off. */
  readonly fill?: boolean;
  /** Where the picture itself is, once it may be drawn. */
  readonly src: string | undefined;
  onBroken(): void;
}

/** The thumbnail at once, the picture over it as soon as it is there. */
export function PictureLayers({ look, alt, fill = false, src, onBroken }: PictureLayersProps) {
  const thumbnail = useThumbnail(look.thumbnail);
  const fit = fill ? 'picture-layer picture-fill' : 'picture-layer';
  return (
    <>
      {thumbnail === undefined && src === undefined && (
        <span class="picture-empty">
          <Icon name="image" />
        </span>
      )}
      {thumbnail !== undefined && (
        <img class={`${fit} picture-thumbnail`} src={thumbnail} alt={src === undefined ? alt : ''} />
      )}
      {src !== undefined && (
        <img class={fit} src={src} alt={alt} loading="lazy" decoding="async" draggable={false} onError={onBroken} />
      )}
    </>
  );
}
