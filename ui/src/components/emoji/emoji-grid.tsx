import type { RefObject } from 'preact';
import { useEffect, useLayoutEffect, useRef, useState } from 'preact/hooks';
import { useApp } from '../../app/use-app.js';
import type { Emoji } from '../../text/emoji-set.js';
import { type Tone, withTone } from '../../text/emoji-choice.js';
import { memo } from '../memo.js';
import { type Cell, stepInGrid } from './grid-step.js';

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

/** How far beyond its edges the list is drawn ahead. */
const AHEAD = '240px';

/** Which sections have their cells drawn: those in view, and near it. Nearly two thousand at once would open slowly. */
export function useDrawn(list: RefObject<HTMLDivElement | null>, sections: readonly Section[]) {
  const [seen, setSeen] = useState<ReadonlySet<string>>(new Set());
  const wanted = useRef<Cell | undefined>(undefined);
  const draw = (names: readonly string[]): void =>
    setSeen((before) => (names.every((name) => before.has(name)) ? before : new Set([...before, ...names])));

  useEffect(() => {
    const { current } = list;
    if (!current) return;
    const observer = new IntersectionObserver(
      (changes) => draw(changes.filter(({ isIntersecting }) => isIntersecting).map(({ target }) => nameOf(target))),
      { root: current, rootMargin: AHEAD },
    );
    for (const section of current.querySelectorAll('[data-section]')) observer.observe(section);
    return () => observer.disconnect();
  }, [list, sections]);

  useLayoutEffect(() => {
    const cell = wanted.current;
    wanted.current = undefined;
    if (cell) focusCell(list.current, cell);
  });

  return {
    isDrawn: (section: Section, at: number): boolean => at === 0 || seen.has(section.name),
    /** Now, or as soon as the cell is drawn. */
    focus(cell: Cell): void {
      if (focusCell(list.current, cell)) return;
      wanted.current = cell;
      draw([sections[cell.section]?.name ?? '']);
    },
  };
}

function nameOf(section: Element): string {
  return section instanceof HTMLElement ? (section.dataset['section'] ?? '') : '';
}

/** Whether it was there. */
export function focusCell(list: HTMLElement | null, { section, index }: Cell): boolean {
  const cell = list?.querySelector<HTMLElement>(`[data-at="${section} ${index}"]`);
  cell?.focus();
  return cell !== null && cell !== undefined;
}
