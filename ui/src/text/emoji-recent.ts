/** The emoji used last, the newest first; kept without their skin tone, which is one choice for all. */
const RECENT_MAX = 27;

export function withRecent(recent: readonly string[], emoji: string): readonly string[] {
  return [emoji, ...recent.filter((known) => known !== emoji)].slice(0, RECENT_MAX);
}

export function parseRecent(kept: string | undefined): readonly string[] {
  return (kept ?? '').split(' ').filter(Boolean).slice(0, RECENT_MAX);
}
