import { useMemo } from 'preact/hooks';
import { useApp, useDaemon } from '../../app/use-app.js';
import { Icon } from '../../components/icon.js';
import { Inlines } from '../../components/markdown-inlines.js';
import { notifyRule } from '../../state/notify.js';
import { parseMarkdown } from '../../text/markdown.js';
import type { Inline } from '../../text/markdown-tree.js';

/** Behind the name of a conversation that is not heard of. */
export function MutedBadge({ conversation }: { conversation: string }) {
  const { t } = useApp();
  const muted = useDaemon((daemon) => notifyRule(daemon, conversation) === 'none');
  if (!muted) return null;
  return (
    <span class="muted-badge" title={t('channels.muted')}>
      <Icon name="bellOff" small />
      <span class="visually-hidden">{t('channels.muted')}</span>
    </span>
  );
}

/** Behind the name of a channel in which nobody writes any more. */
export function ClosedTag({ name }: { name: string }) {
  const { t } = useApp();
  const state = useDaemon((daemon) => daemon.channels[name]?.state);
  return state === undefined ? null : <span class="closed-tag">{t(`channels.${state}`)}</span>;
}

/** A topic in one line: its links can be followed, what would be a block of its own is left as text. */
export function TopicText({ topic }: { topic: string }) {
  const pieces = useMemo((): readonly Inline[] => {
    const text = topic.replace(/\s+/gu, ' ');
    const [first, ...others] = parseMarkdown(text).blocks;
    return first?.kind === 'paragraph' && others.length === 0 ? first.children : [{ kind: 'text', text }];
  }, [topic]);
  return (
    <bdi class="topic-text">
      <Inlines pieces={pieces} />
    </bdi>
  );
}
