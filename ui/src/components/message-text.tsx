import { useMemo } from 'preact/hooks';
import { linkify } from '../text/linkify.js';

/** A message as text: line breaks are kept by the style sheet, addresses become links, nothing becomes HTML. */
export function MessageText({ text }: { text: string }) {
  const pieces = useMemo(() => linkify(text), [text]);
  return (
    <p class="message-text" dir="auto">
      {pieces.map((piece) =>
        piece.kind === 'text' ? (
          piece.text
        ) : (
          <a href={piece.href} target="_blank" rel="noopener noreferrer">
            {piece.text}
          </a>
        ),
      )}
    </p>
  );
}
