/** What a person chose among emoji: a skin tone for all, and the ones they used last. */

/** Skin tones: 0 is the yellow that emoji have by themselves, 1 to 5 are Unicode's modifiers from light to dark. */
export type Tone = 0 | 1 | 2 | 3 | 4 | 5;
export const TONES: readonly Tone[] = [0, 1, 2, 3, 4, 5];

const FIRST_MODIFIER = 0x1f3fb;
const VARIATION = '\ufe0f';
/** Two people joined by a heart or by their hands: both take the tone. */
const COUPLE = /\u200d(?:\u2764|\u{1f91d}\u200d)/u;

export function toneOf(value: unknown): Tone {
  return TONES.find((tone) => tone === Number(value)) ?? 0;
}

/** The emoji in the tone; to be called for those alone that have tones. */
export function withTone(emoji: string, tone: Tone): string {
  if (tone === 0) return emoji;
  const modifier = String.fromCodePoint(FIRST_MODIFIER + tone - 1);
  const [first = '', ...rest] = emoji;
  if (rest[0] === VARIATION) rest.shift();
  return first + modifier + rest.join('') + (COUPLE.test(emoji) ? modifier : '');
}

/** The emoji used last, the newest first; kept without their skin tone, which is one choice for all. */
const RECENT_MAX = 27;

export function withRecent(recent: readonly string[], emoji: string): readonly string[] {
  return [emoji, ...recent.filter((known) => known !== emoji)].slice(0, RECENT_MAX);
}

export function parseRecent(kept: string | undefined): readonly string[] {
  return (kept ?? '').split(' ').filter(Boolean).slice(0, RECENT_MAX);
}
