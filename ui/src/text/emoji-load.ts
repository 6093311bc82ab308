/** Fetches the emoji from this peer once they are wanted: they are no part of what the window needs to open. */
import { emojiSetOf, type EmojiSet } from './emoji-set.js';

const loading = new Map<string, Promise<EmojiSet>>();
const ready = new Map<string, EmojiSet>();

/** What has been loaded already in this language, for those who cannot wait. */
export function loadedEmoji(language: string): EmojiSet | undefined {
  return ready.get(language);
}

/** `language`: a tag such as `vi`; where there are no names in it, the English ones serve. Rejects when the peer is away. */
export function loadEmoji(language: string): Promise<EmojiSet> {
  const known = loading.get(language);
  if (known) return known;
  const wanted = fetchEmoji(language).then((set) => {
    ready.set(language, set);
    return set;
  });
  loading.set(language, wanted);
  // The next one who wants them tries again.
  wanted.catch(() => loading.delete(language));
  return wanted;
}

async function fetchEmoji(language: string): Promise<EmojiSet> {
  const own = /^vi\b/i.test(language) ? import('./emoji-vi.js') : undefined;
  const [{ rows }, translated] = await Promise.all([import('./emoji-en.js'), own]);
  return emojiSetOf(rows, translated?.names);
}
