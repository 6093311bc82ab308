/** Do not disturb: until when, and how long one may choose. */
import type { PreferencesView } from '../../../protocol/local-api.js';

/** What stands for "until I say so". */
const EVER = '9999-12-31T23:59:59.000Z';
const HOUR_MS = 3600_000;
/** When tomorrow begins for somebody who sleeps. */
const MORNING_HOUR = 8;

export const QUIETS = ['half', 'hour', 'tomorrow', 'ever'] as const;
export type Quiet = (typeof QUIETS)[number];

/** `now`: the daemon's clock, ms. */
export function isQuiet({ quietUntil }: Pick<PreferencesView, 'quietUntil'>, now: number): boolean {
  return quietUntil !== undefined && Date.parse(quietUntil) > now;
}

export function isEndless(quietUntil: string): boolean {
  return quietUntil >= '9999';
}

export function quietUntil(quiet: Quiet, now: number): string {
  if (quiet === 'ever') return EVER;
  if (quiet === 'half') return new Date(now + HOUR_MS / 2).toISOString();
  if (quiet === 'hour') return new Date(now + HOUR_MS).toISOString();
  const today = new Date(now);
  return new Date(today.getFullYear(), today.getMonth(), today.getDate() + 1, MORNING_HOUR).toISOString();
}
