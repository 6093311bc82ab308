import type { ComponentChildren } from 'preact';
import { useApp } from '../../app/use-app.js';
import { Icon } from '../../components/icon.js';
import { fileIcon } from '../../components/message-line.js';
import type { FileLook } from '../../state/files.js';
import { FileStatus } from './file-status.js';
import { FileUps } from './file-ups.js';
import { typeWord } from '../../text/file-words.js';

interface FileCardProps {
  readonly look: FileLook;
  readonly here: boolean;
  readonly from: string;
  /** Why it is not drawn, where that is to be said. */
  readonly note?: string | undefined;
  /** What plays it. */
  readonly children?: ComponentChildren;
}

/** A file that is not drawn in the page: what it is called, how large it is, and what can be done with it. */
export function FileCard({ look, here, from, note, children }: FileCardProps) {
  const { formats, t } = useApp();
  return (
    <div class="file-card">
      <div class="file-card-head">
        <span class="file-card-icon">
          <Icon name={fileIcon(look)} />
        </span>
        <div class="file-card-text">
          <FileName name={look.name} />
          <span class="file-card-about">
            {typeWord(t, look)} · {formats.size(look.size)}
            {look.duration !== undefined && ` · ${formats.clock(look.duration)}`}
          </span>
        </div>
      </div>
      {note !== undefined && <p class="file-words">{note}</p>}
      {children}
      <FileStatus look={look} here={here} from={from} />
      <FileUps sha256={look.sha256} name={look.name} />
    </div>
  );
}

const graphemes = new Intl.Segmenter(undefined, { granularity: 'grapheme' });
/** Letters of the end that stay in sight: an extension, and a little of what stands before it. */
const END = 10;

/** On one line, cut in its middle: what a file is stands at its end. */
export function FileName({ name }: { name: string }) {
  const letters = Array.from(graphemes.segment(name), ({ segment }) => segment);
  const at = letters.length > 2 * END ? letters.length - END : letters.length;
  return (
    <bdi class="file-name" title={name}>
      <span class="file-name-start">{letters.slice(0, at).join('')}</span>
      <span class="file-name-end">{letters.slice(at).join('')}</span>
    </bdi>
  );
}
