/** When a status ends by itself, as one may choose. */
import type { StatusText } from '../../../protocol/local-api.js';

export const STATUS_ENDS = ['never', 'half', 'hour', 'four', 'today', 'week', 'at'] as const;
export type StatusEnd = (typeof STATUS_ENDS)[number];

const HOUR_MS = 3600_000;
const spans: Partial<Record<StatusEnd, number>> = { half: HOUR_MS / 2, hour: HOUR_MS, four: 4 * HOUR_MS };
/** How long people are mostly at it; all else lasts until they say so. */
export const USUAL_ENDS: Partial<Record<string, StatusEnd>> = {
  meeting: 'hour',
  focus: 'hour',
  lunch: 'hour',
  home: 'today',
  sick: 'today',
};

/**
 * ISO time; undefined for none. `now`: ms. A week ends before its next Monday.
 * @param at what was typed into a field of day and time
 */
export function endOf(choice: StatusEnd, now: number, at: string): string | undefined {
  const span = spans[choice];
  if (span !== undefined) return new Date(now + span).toISOString();
  const today = new Date(now);
  const midnight = (days: number): string =>
    new Date(today.getFullYear(), today.getMonth(), today.getDate() + days).toISOString();
  if (choice === 'today') return midnight(1);
  // Sunday is 0.
  if (choice === 'week') return midnight(today.getDay() === 0 ? 1 : 8 - today.getDay());
  if (choice === 'at' && Number.isFinite(Date.parse(at)) && !isTooFar(at)) return new Date(at).toISOString();
  return undefined;
}

/** Years beyond 9999 have no place in a time as it is sent; a field of day and time takes them. */
export function isTooFar(at: string): boolean {
  return /^[+-]?\d{5,}-/.test(at) || Date.parse(at) >= Date.UTC(9999, 11, 31);
}

/** What stands in the field of day and time for a time. */
export function fieldOf(ms: number): string {
  const local = new Date(ms - new Date(ms).getTimezoneOffset() * 60_000);
  return local.toISOString().slice(0, 16);
}

/** The choice that a status comes from: an end that it has is one of its own. */
export function choiceOf(status: StatusText | undefined): StatusEnd {
  return status?.until === undefined ? 'never' : 'at';
}
