import { useEffect, useState } from 'preact/hooks';
import { rememberEmoji } from '../../app/composer-emoji.js';
import { useApp } from '../../app/use-app.js';
import { loadedEmoji, loadEmoji } from '../../text/emoji-load.js';
import { parseRecent, toneOf, type Tone } from '../../text/emoji-choice.js';
import type { EmojiSet } from '../../text/emoji-set.js';

export interface Loaded {
  readonly set?: EmojiSet;
  readonly failed: boolean;
}

/** The emoji with names in the language of the page, as soon as they are here. */
export function useEmojiSet(): Loaded {
  const lang = useApp().language.code;
  const [loaded, setLoaded] = useState<Loaded>(() => loadedNow(lang));
  useEffect(() => {
    let gone = false;
    const show = (next: Loaded): void => void (gone || setLoaded(next));
    loadEmoji(lang).then(
      (set) => show({ set, failed: false }),
      () => show({ failed: true }),
    );
    return () => void (gone = true);
  }, [lang]);
  return loaded;
}

function loadedNow(language: string): Loaded {
  const set = loadedEmoji(language);
  return { ...(set && { set }), failed: false };
}

/** What this browser keeps of the person's habits. */
export function useEmojiHabits() {
  const app = useApp();
  const { persisted } = app;
  const [tone, setTone] = useState(() => toneOf(persisted.read('emoji.tone')));
  // As they were when the picker opened: they must not move under the pointer.
  const [recent] = useState(() => parseRecent(persisted.read('emoji.recent')));
  return {
    tone,
    recent,
    chooseTone(next: Tone): void {
      persisted.write('emoji.tone', next === 0 ? '' : String(next));
      setTone(next);
    },
    remember: (emoji: string) => rememberEmoji(app, emoji),
  };
}
