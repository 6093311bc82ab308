import { useMemo } from 'preact/hooks';
import { Inlines } from '../../components/markdown-inlines.js';
import { parseMarkdown } from '../../text/markdown.js';
import type { Inline } from '../../text/markdown-tree.js';

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
