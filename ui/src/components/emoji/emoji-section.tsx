import { memo } from '../memo.js';
import type { Emoji } from '../../text/emoji-set.js';
import { withTone, type Tone } from '../../text/emoji-tone.js';

export interface Section {
  /** Of its anchor, and of the key that draws it once. */
  readonly name: string;
  readonly title: string;
  readonly emoji: readonly Emoji[];
}

interface EmojiSectionProps {
  readonly section: Section;
  readonly at: number;
  readonly tone: Tone;
}

/** Cells hear nothing themselves: with nearly two thousand of them, the list hears for all. */
function Cells({ section, at, tone }: EmojiSectionProps) {
  return (
    <div class="emoji-section" role="group" aria-label={section.title} data-section={section.name}>
      <p class="emoji-section-title" aria-hidden="true">
        {section.title}
      </p>
      <div class="emoji-cells">
        {section.emoji.map(({ emoji, label, toned }, index) => (
          <span
            key={emoji}
            class="emoji-cell"
            role="option"
            aria-selected="false"
            aria-label={label}
            title={label}
            tabIndex={-1}
            data-at={`${at} ${index}`}
          >
            {toned ? withTone(emoji, tone) : emoji}
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
    before.tone === after.tone,
);
