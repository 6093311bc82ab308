import type { EntryView } from '../../../../protocol/local-api.js';
import { useApp } from '../../app/use-app.js';
import { Icon } from '../../components/icon.js';
import { fileForm } from '../../state/files.js';
import { FileCard } from './file-card.js';
import { Picture } from './picture.js';
import { AudioPlayer, VideoPlayer } from './players.js';
import { useFileLook } from './use-file.js';
import { VoiceMessage } from './voice-message.js';

/** The file of a message, in the form that its type allows. */
export function FileContent({ entry }: { entry: EntryView }) {
  const { t } = useApp();
  const look = useFileLook(entry);
  if (!look)
    return (
      <p class="message-placeholder">
        <Icon name="file" small /> {t('file.unusable')}
      </p>
    );
  switch (fileForm(look)) {
    case 'picture':
      return <Picture entry={entry} look={look} />;
    case 'video':
      return <VideoPlayer entry={entry} look={look} />;
    case 'audio':
      return <AudioPlayer entry={entry} look={look} />;
    case 'voice':
      return <VoiceMessage entry={entry} look={look} />;
    case 'card':
      return <FileCard look={look} here={entry.here === true} from={entry.from} />;
  }
}
