import { useEffect, useId, useMemo, useRef, useState } from 'preact/hooks';
import { useApp } from '../../app/use-app.js';
import { findEmoji } from '../../text/emoji-search.js';
import { type Emoji, EMOJI_GROUPS, type EmojiGroup, type EmojiSet } from '../../text/emoji-set.js';
import { type Tone, TONES, withTone } from '../../text/emoji-choice.js';
import type { Translate } from '../../text/translate.js';
import { hasFinePointer } from '../hooks.js';
import { TextInput } from '../text-input.js';
import { EmojiGrid, focusCell, type Section } from './emoji-grid.js';
import { useEmojiHabits, useEmojiSet } from './use-emoji.js';

const RESULTS_MAX = 90;
const QUERY_MAX = 64;

/** What stands in a popover where an emoji is wanted. Whoever opened it closes it, and decides where the focus goes then. */
export function EmojiPicker({ onPick }: { onPick(emoji: string): void }) {
  const { t } = useApp();
  const { set, failed } = useEmojiSet();
  const { tone, recent, chooseTone, remember } = useEmojiHabits();
  const [query, setQuery] = useState('');
  const [met, setMet] = useState<Emoji>();
  const field = useRef<HTMLInputElement>(null);
  const list = useRef<HTMLDivElement>(null);
  const sections = useMemo(() => (set ? sectionsOf(set, recent, query, t) : []), [set, recent, query, t]);
  useEffect(() => {
    if (hasFinePointer()) field.current?.focus();
  }, []);
  const pick = (emoji: Emoji): void => {
    remember(emoji.emoji);
    onPick(emoji.toned ? withTone(emoji.emoji, tone) : emoji.emoji);
  };
  const onKeyDown = (event: KeyboardEvent): void => {
    if (event.isComposing || (event.key !== 'Enter' && event.key !== 'ArrowDown')) return;
    // Enter would send the form around the picker.
    event.preventDefault();
    const best = sections[0]?.emoji[0];
    if (event.key === 'ArrowDown') focusCell(list.current, { section: 0, index: 0 });
    else if (query.trim() !== '' && best) pick(best);
  };
  const go = (name: string): void => {
    setQuery('');
    // Once the sections stand again, should a search have replaced them.
    requestAnimationFrame(() => list.current?.querySelector(`[data-section="${name}"]`)?.scrollIntoView());
  };
  return (
    <div class="emoji-picker">
      <TextInput
        inputRef={field}
        class="input emoji-search"
        type="text"
        inputMode="search"
        autocomplete="off"
        dir="auto"
        aria-label={t('composer.emoji_search')}
        placeholder={t('composer.emoji_search')}
        maxLength={QUERY_MAX}
        value={query}
        onInput={(event) => setQuery(event.currentTarget.value)}
        onKeyDown={onKeyDown}
      />
      <EmojiTabs recent={recent.length > 0} onGo={go} />
      {failed && <p class="emoji-empty">{t('composer.emoji_failed')}</p>}
      {query.trim() !== '' && sections[0]?.emoji.length === 0 && <p class="emoji-empty">{t('composer.emoji_none')}</p>}
      <EmojiGrid
        sections={sections}
        tone={tone}
        list={list}
        onPick={pick}
        onMeet={setMet}
        onLeave={() => field.current?.focus()}
      />
      <div class="emoji-foot">
        <p class="emoji-met" aria-hidden="true">
          {met && (
            <>
              <span dir="auto">{met.label}</span>
              {met.codes[0] && <code dir="ltr">:{met.codes[0]}:</code>}
            </>
          )}
        </p>
        <EmojiTones tone={tone} onChoose={chooseTone} />
      </div>
    </div>
  );
}

function sectionsOf(set: EmojiSet, recent: readonly string[], query: string, t: Translate): Section[] {
  if (query.trim() !== '') {
    return [{ name: 'found', title: t('composer.emoji_found'), emoji: findEmoji(set.all, query, RESULTS_MAX) }];
  }
  const known = recent.map((emoji) => set.byEmoji.get(emoji)).filter((emoji) => emoji !== undefined);
  const groups = EMOJI_GROUPS.map((group, index) => ({
    name: group,
    title: t(`composer.emoji_${group}`),
    emoji: set.groups[index] ?? [],
  }));
  return known.length > 0 ? [{ name: 'recent', title: t('composer.emoji_recent'), emoji: known }, ...groups] : groups;
}

const signs = {
  smileys: '😀',
  people: '👋',
  nature: '🐻',
  food: '🍎',
  travel: '🚗',
  activities: '⚽',
  objects: '💡',
  symbols: '🔣',
  flags: '🏁',
} as const satisfies Record<EmojiGroup, string>;

/** Leads to each part of the list. */
export function EmojiTabs({ recent, onGo }: { readonly recent: boolean; onGo(section: string): void }) {
  const { t } = useApp();
  return (
    <div class="emoji-tabs" role="toolbar" aria-label={t('composer.emoji_groups')}>
      {recent && <Tab sign="🕘" label={t('composer.emoji_recent')} onGo={() => onGo('recent')} />}
      {EMOJI_GROUPS.map((group) => (
        <Tab key={group} sign={signs[group]} label={t(`composer.emoji_${group}`)} onGo={() => onGo(group)} />
      ))}
    </div>
  );
}

function Tab({ sign, label, onGo }: { readonly sign: string; readonly label: string; onGo(): void }) {
  return (
    <button type="button" class="emoji-tab" aria-label={label} title={label} onClick={onGo}>
      <span aria-hidden="true">{sign}</span>
    </button>
  );
}

/** The skin tone of all emoji that have one. */
export function EmojiTones({ tone, onChoose }: { readonly tone: Tone; onChoose(tone: Tone): void }) {
  const { t } = useApp();
  const name = useId();
  return (
    <fieldset class="emoji-tones">
      <legend class="visually-hidden">{t('composer.emoji_tone')}</legend>
      {TONES.map((each) => (
        <label key={each} class="emoji-tone" title={t(`composer.emoji_tone_${each}`)}>
          <input
            class="visually-hidden"
            type="radio"
            name={name}
            checked={each === tone}
            aria-label={t(`composer.emoji_tone_${each}`)}
            onChange={() => onChoose(each)}
          />
          <span aria-hidden="true">{withTone('✋', each)}</span>
        </label>
      ))}
    </fieldset>
  );
}
