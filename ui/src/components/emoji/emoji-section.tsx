import { memo } from '../memo.js';
import type { Emoji } from '../../text/emoji-set.js';
import { withTone, type Tone } from '../../text/emoji-tone.js';

export interface Section {
  readonly name: string;
  readonly title: string;
  readonly emoji: readonly Emoji[];
}

interface EmojiSectionProps {
  readonly section: Section;
  /** Which of the sections it is. */
  readonly at: number;
  readonly tone: Tone;
  /** Whether its cells are there; until then it keeps their room. */
  readonly drawn: boolean;
}

/** In step with the columns of styles/emoji.css. */
const COLUMNS = 9;

/** Cells hear nothing themselves: the list hears for all. The first one is where Tab comes in. */
function Cells({ section, at, tone, drawn }: EmojiSectionProps) {
  const { name, title, emoji } = section;
  const room = `calc(${Math.ceil(emoji.length / COLUMNS)} * var(--cell))`;
  return (
    <div class="emoji-section" role="group" aria-label={title} data-section={name}>
      <p class="emoji-section-title" aria-hidden="true">
        {title}
      </p>
      <div class="emoji-cells" style={{ minBlockSize: room }}>
        {drawn &&
          emoji.map((each, index) => (
            <span
              key={each.emoji}
              class="emoji-cell"
              role="option"
              aria-selected="false"
              aria-label={each.label}
              title={each.label}
              tabIndex={at === 0 && index === 0 ? 0 : -1}
              data-at={`${at} ${index}`}
            >
              {each.toned ? withTone(each.emoji, tone) : each.emoji}
            </span>
          ))}
      </div>
    </div>
  );
}

export const EmojiSection = memo(
  Cells,
  (before, after) =>
    before.section.emoji === after.section.emoji &&
    before.section.title === after.section.title &&
    before.at === after.at &&
    before.tone === after.tone &&
    before.drawn === after.drawn,
);
