import type { ComponentChildren } from 'preact';
import { useApp } from '../../app/use-app.js';
import { Icon } from '../../components/icon.js';
import { fileIcon } from '../../components/message-line.js';
import type { FileLook } from '../../state/files.js';
import { FileStatus } from './file-status.js';
import { FileUps } from './file-ups.js';
import { cutFileName, typeWord } from '../../text/file-words.js';

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

/** On one line, cut in its middle: what a file is stands at its end. */
export function FileName({ name }: { name: string }) {
  const { start, end } = cutFileName(name);
  return (
    <bdi class="file-name" title={name}>
      <span class="file-name-start">{start}</span>
      <span class="file-name-end">{end}</span>
    </bdi>
  );
}
