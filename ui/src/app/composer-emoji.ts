/** The emoji as this person writes them: in the language of the page, in their skin tone. */
import { loadedEmoji, loadEmoji } from '../text/emoji-load.js';
import { hasShortcode, type EmojiOf } from '../text/emoji-shortcodes.js';
import { toneOf, withTone, parseRecent, withRecent } from '../text/emoji-choice.js';
import type { Emoji, EmojiSet } from '../text/emoji-set.js';
import type { App } from './context.js';

/** Those who write will want them: fetched from this peer, without anybody waiting for it. */
export function prepareEmoji({ language }: App): void {
  loadEmoji(language.code).catch(() => undefined);
}

/**
 * At once; or, where the text has shortcodes and the emoji are still on their way, as soon as they are here. Where this peer
 * cannot give them, without.
 */
export function withEmojiHere(app: App, text: string, work: () => void): void {
  if (emojiNow(app) || !hasShortcode(text)) work();
  else void loadEmoji(app.language.code).then(work, work);
}

export function emojiNow({ language }: App): EmojiSet | undefined {
  return loadedEmoji(language.code);
}

export function emojiOf(app: App): EmojiOf {
  return (code) => {
    const known = emojiNow(app)?.byCode.get(code);
    return known && inOwnTone(app, known);
  };
}

export function inOwnTone({ persisted }: App, { emoji, toned }: Emoji): string {
  return toned ? withTone(emoji, toneOf(persisted.read('emoji.tone'))) : emoji;
}

export function rememberEmoji({ persisted }: App, emoji: string): void {
  persisted.write('emoji.recent', withRecent(parseRecent(persisted.read('emoji.recent')), emoji).join(' '));
}
