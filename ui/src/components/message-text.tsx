import { useMemo } from 'preact/hooks';
import { isSeen } from '../../../protocol/visible.js';
import { usePersonName } from '../app/people.js';
import { useApp } from '../app/use-app.js';
import { markdownCache } from '../text/markdown-cache.js';
import { headOfBlocks, isLong } from '../text/markdown-head.js';
import type { Block } from '../text/markdown-tree.js';
import { useFold } from './hooks.js';
import { Blocks } from './markdown-blocks.js';
import { memo } from './memo.js';

/** Keep in step with the breakpoint in styles/shell.css. */
const NARROW = 720;

interface MessageTextProps {
  readonly text: string;
  /** Under which it is remembered whether it was unfolded: the entry's id, and where it is drawn if not in its row. */
  readonly fold: string;
}

/** A message as its Markdown says, drawn by this page alone: nothing in it becomes HTML. */
export const MessageText = memo(Drawn, (before, after) => before.text === after.text && before.fold === after.fold);

function Drawn({ text, fold }: MessageTextProps) {
  const { t } = useApp();
  if (!isSeen(text)) return <p class="message-text message-unseen">{t('message.quote_empty')}</p>;
  const { blocks, emoji } = markdownCache.read(text);
  if (isLong(text, window.innerWidth <= NARROW)) return <Folded blocks={blocks} fold={fold} />;
  return (
    <div class={emoji ? 'message-text message-text-emoji' : 'message-text'}>
      <Blocks blocks={blocks} fold={fold} />
    </div>
  );
}

/** What somebody does (`/me`): their name begins the sentence. */
export function ActionText({ from, text, fold }: MessageTextProps & { readonly from: string }) {
  const name = usePersonName(from);
  return (
    <div class="message-action">
      <bdi class="message-actor">{name}</bdi>
      <MessageText text={text} fold={fold} />
    </div>
  );
}

/** A long message: its beginning, and all of it when asked for, or when the focus goes where it cannot be seen. */
function Folded({ blocks, fold }: { readonly blocks: readonly Block[]; readonly fold: string }) {
  const { t } = useApp();
  const [open, setOpen] = useFold(`${fold} text`);
  const shown = useMemo(() => (open ? blocks : headOfBlocks(blocks)), [open, blocks]);
  const onFocus = ({ target, currentTarget }: { target: EventTarget | null; currentTarget: HTMLElement }): void => {
    if (!(target instanceof HTMLElement) || open) return;
    if (target.getBoundingClientRect().bottom > currentTarget.getBoundingClientRect().bottom) setOpen(true);
  };
  return (
    <>
      <div class={open ? 'message-text' : 'message-text message-folded'} onFocusCapture={onFocus}>
        <Blocks blocks={shown} fold={fold} />
      </div>
      <button type="button" class="fold-button" aria-expanded={open} onClick={() => setOpen(!open)}>
        {t(open ? 'message.show_less' : 'message.show_more')}
      </button>
    </>
  );
}

/** Lower-cased names that the text speaks to. */
export function mentionsIn(text: string): ReadonlySet<string> {
  return markdownCache.read(text).mentions;
}
