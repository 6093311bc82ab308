import type { EntryView } from '../../../../protocol/local-api.js';
import { useState } from 'preact/hooks';
import { useApp } from '../../app/use-app.js';
import { Icon } from '../../components/icon.js';
import { boxOf, fileUrl, type FileLook } from '../../state/files.js';
import { FileCard } from './file-card.js';
import { FileStatus } from './file-status.js';
import { FileUps } from './file-ups.js';
import { fileLine } from '../../text/file-words.js';
import { onOneLine } from '../../text/message-line.js';
import { ROOM } from './picture.js';
import { useThumbnail } from './use-file.js';

interface PlayerProps {
  readonly entry: EntryView;
  readonly look: FileLook;
}

/** Sound with the browser's own controls: it seeks by asking for parts. */
export function AudioPlayer({ entry, look }: PlayerProps) {
  const { t } = useApp();
  const [broken, setBroken] = useState(false);
  const here = entry.here === true;
  return (
    <FileCard look={look} here={here} from={entry.from} note={here && broken ? t('file.not_shown') : undefined}>
      {here && !broken && (
        <audio
          class="file-audio"
          controls
          preload="metadata"
          src={fileUrl(look.sha256)}
          aria-label={fileLine(t, look, onOneLine(entry.message))}
          onError={() => setBroken(true)}
        />
      )}
    </FileCard>
  );
}

/** No film is lower than its controls need. */
const CONTROLS = 160;

/** A film in its known room, with the browser's own controls; before it is here, the picture that came with it. */
export function VideoPlayer({ entry, look }: PlayerProps) {
  const { t } = useApp();
  const [broken, setBroken] = useState(false);
  const poster = useThumbnail(look.thumbnail);
  const here = entry.here === true;
  if (here && broken) return <FileCard look={look} here from={entry.from} note={t('file.not_shown')} />;
  const { width, height } = boxOf(look, ROOM);
  const label = fileLine(t, look, onOneLine(entry.message));
  return (
    <div
      class="picture picture-video"
      style={{ width: `${Math.max(width, CONTROLS)}px`, aspectRatio: `${Math.max(width, CONTROLS)} / ${height}` }}
    >
      {here ? (
        <video
          class="picture-layer"
          controls
          playsInline
          preload="metadata"
          src={fileUrl(look.sha256)}
          aria-label={label}
          {...(poster === undefined ? {} : { poster })}
          onError={() => setBroken(true)}
        />
      ) : (
        <>
          {poster !== undefined && <img class="picture-layer picture-thumbnail" src={poster} alt={label} />}
          <span class="picture-empty">
            <Icon name="film" />
          </span>
        </>
      )}
      <div class="picture-over">
        <FileStatus look={look} here={here} from={entry.from} over />
        <FileUps sha256={look.sha256} name={look.name} />
      </div>
    </div>
  );
}
