import type { Piece } from './excerpt.js';
import type { Ranges } from './ranking.js';

/** Text whose hits stand out. */
export function Marked({ pieces }: { pieces: readonly Piece[] }) {
  return (
    <>
      {pieces.map(({ text, hit }, i) =>
        hit ? (
          <mark key={i} class="hit">
            {text}
          </mark>
        ) : (
          text
        ),
      )}
    </>
  );
}

export function piecesOf(text: string, ranges: Ranges): readonly Piece[] {
  const pieces: Piece[] = [];
  let at = 0;
  for (let i = 0; i + 1 < ranges.length; i += 2) {
    const [from = 0, to = 0] = [ranges[i], ranges[i + 1]];
    if (from > at) pieces.push({ text: text.slice(at, from), hit: false });
    pieces.push({ text: text.slice(from, to), hit: true });
    at = to;
  }
  return at < text.length ? [...pieces, { text: text.slice(at), hit: false }] : pieces;
}
