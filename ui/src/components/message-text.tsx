import { isSeen } from '../../../protocol/visible.js';
import { useApp } from '../app/use-app.js';
import { MarkdownCache } from '../text/markdown-cache.js';
import { oneLine } from '../text/markdown-plain.js';
import { isLong } from '../text/long.js';
import { Blocks } from './markdown-blocks.js';
import { Folded } from './folded.js';
import { memo } from './memo.js';

/** Keep in step with the breakpoint in styles/shell.css. */
const NARROW = 720;

/** Remembers what a pure function answered; nobody can tell but by the time it takes. */
const cache = new MarkdownCache();

interface MessageTextProps {
  readonly text: string;
  /** Under which it is remembered whether it was unfolded: the entry's id. Without, a long text is shown whole. */
  readonly fold?: string;
}

/** A message as its Markdown says, drawn by this page alone: nothing in it becomes HTML. */
export const MessageText = memo(Drawn, (before, after) => before.text === after.text && before.fold === after.fold);

function Drawn({ text, fold }: MessageTextProps) {
  const { t } = useApp();
  if (!isSeen(text)) return <p class="message-text message-unseen">{t('message.quote_empty')}</p>;
  const { blocks, emoji } = cache.read(text);
  const drawn = <Blocks blocks={blocks} fold={fold} />;
  if (fold !== undefined && isLong(text, window.innerWidth <= NARROW)) return <Folded fold={fold}>{drawn}</Folded>;
  return <div class={emoji ? 'message-text message-text-emoji' : 'message-text'}>{drawn}</div>;
}

/** Lower-cased names that the text speaks to. */
export function mentionsIn(text: string): ReadonlySet<string> {
  return cache.read(text).mentions;
}

/** The text on one line, for where it is quoted. */
export function onOneLine(text: string): string {
  return isSeen(text) ? oneLine(cache.read(text)) : '';
}
