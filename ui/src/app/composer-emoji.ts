/** The emoji as this person writes them: in the language of the page, in their skin tone. */
import { loadedEmoji, loadEmoji } from '../text/emoji-load.js';
import type { EmojiOf } from '../text/emoji-shortcodes.js';
import { toneOf, withTone, parseRecent, withRecent } from '../text/emoji-choice.js';
import type { Emoji, EmojiSet } from '../text/emoji-set.js';
import type { App } from './context.js';

/** Those who write will want them: fetched from this peer, without anybody waiting for it. */
export function prepareEmoji({ language }: App): void {
  loadEmoji(language.code).catch(() => undefined);
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
