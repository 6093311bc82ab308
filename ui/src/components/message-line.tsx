import { useApp } from '../app/use-app.js';
import { fileLook, type FileLook } from '../state/files.js';
import { type Lined, messageLine } from '../text/message-line.js';
import { Icon, type IconName } from './icon.js';

const kindIcons: Readonly<Record<FileLook['kind'], IconName>> = {
  image: 'image',
  video: 'film',
  audio: 'sound',
  document: 'document',
  other: 'file',
};

export function fileIcon({ kind, voice }: Pick<FileLook, 'kind' | 'voice'>): IconName {
  return voice && kind === 'audio' ? 'mic' : kindIcons[kind];
}

/** Stands before the line of a file; nothing before that of a text. */
export function LineIcon({ entry }: { readonly entry: Lined }) {
  const look = fileLook(entry);
  if (!look) return null;
  return (
    <span class="line-icon">
      <Icon name={fileIcon(look)} small />
    </span>
  );
}

/** A message on one line, beside what it is an answer to, or what is done with it. */
export function MessageLine({ entry }: { readonly entry: Lined }) {
  const { t } = useApp();
  return (
    <>
      <LineIcon entry={entry} />
      {messageLine(t, entry)}
    </>
  );
}
