import type { RefObject } from 'preact';
import { useApp } from '../../app/use-app.js';
import type { Emoji } from '../../text/emoji-set.js';
import type { Tone } from '../../text/emoji-tone.js';
import { EmojiSection, type Section } from './emoji-section.js';
import { stepInGrid, type Cell } from './grid-step.js';
import { useDrawn } from './use-drawn.js';

interface EmojiGridProps {
  readonly sections: readonly Section[];
  readonly tone: Tone;
  readonly list: RefObject<HTMLDivElement | null>;
  onPick(emoji: Emoji): void;
  onMeet(emoji: Emoji): void;
  /** The focus leaves upwards; a character typed meanwhile goes with it. */
  onLeave(): void;
}

/** One list of all sections, walked with the arrows as the grid that it looks like. */
export function EmojiGrid({ sections, tone, list, onPick, onMeet, onLeave }: EmojiGridProps) {
  const { t } = useApp();
  const { isDrawn, focus } = useDrawn(list, sections);
  const emojiAt = ({ section, index }: Cell): Emoji | undefined => sections[section]?.emoji[index];
  const onKeyDown = (event: KeyboardEvent): void => {
    const at = cellOf(event.target);
    if (!at || !list.current) return;
    if (event.key === 'Enter' || event.key === ' ') return handled(event, () => pick(at));
    const sizes = sections.map(({ emoji }) => emoji.length);
    const to = stepInGrid(sizes, columnsOf(list.current), at, event.key, isRtl(list.current));
    if (to === 'out') return handled(event, onLeave);
    if (to) return handled(event, () => focus(to));
    // Not prevented: with the focus in the field, the character lands there.
    if (/^\S$/u.test(event.key) && !event.ctrlKey && !event.metaKey && !event.altKey) onLeave();
  };
  const pick = (at: Cell): void => {
    const emoji = emojiAt(at);
    if (emoji) onPick(emoji);
  };
  const meet = (event: Event): void => {
    const at = cellOf(event.target);
    const emoji = at && emojiAt(at);
    if (emoji) onMeet(emoji);
  };
  return (
    <div
      ref={list}
      class="emoji-list"
      role="listbox"
      aria-label={t('composer.emoji_list')}
      onClick={(event) => {
        const at = cellOf(event.target);
        if (at) pick(at);
      }}
      onKeyDown={onKeyDown}
      onFocusIn={meet}
      onPointerOver={meet}
    >
      {sections.map((section, at) => (
        <EmojiSection key={section.name} section={section} at={at} tone={tone} drawn={isDrawn(section, at)} />
      ))}
    </div>
  );
}

function handled(event: Event, work: () => void): void {
  event.preventDefault();
  event.stopPropagation();
  work();
}

function cellOf(target: EventTarget | null): Cell | undefined {
  const cell = target instanceof Element ? target.closest<HTMLElement>('[data-at]') : null;
  const [section, index] = (cell?.dataset['at'] ?? '').split(' ').map(Number);
  return section === undefined || index === undefined ? undefined : { section, index };
}

function columnsOf(list: HTMLElement): number {
  const cells = list.querySelector('.emoji-cells');
  return cells ? getComputedStyle(cells).gridTemplateColumns.split(' ').length : 1;
}

function isRtl(element: HTMLElement): boolean {
  return getComputedStyle(element).direction === 'rtl';
}
