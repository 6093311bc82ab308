/** Above this, people are told: certificates and the order of messages depend on clocks. */
const TOLD_ABOVE_MS = 60_000;

/**
 * How far our clock is ahead of the tracker's (negative: behind), by the `Date` of an answer that came between `sentAt` and
 * `receivedAt`. To the second, give or take half the round trip. Undefined when the answer tells no time.
 */
export function clockSkew(date: string | undefined, sentAt: number, receivedAt: number): number | undefined {
  const theirs = date === undefined ? Number.NaN : Date.parse(date);
  if (Number.isNaN(theirs)) return undefined;
  // HTTP dates are cut to the second: on average half of one is missing.
  return Math.round((sentAt + receivedAt) / 2 - (theirs + 500));
}

/** The sentence for people, or undefined while the difference does no harm. */
export function clockSkewText(skewMs: number): string | undefined {
  if (Math.abs(skewMs) <= TOLD_ABOVE_MS) return undefined;
  const side = skewMs < 0 ? 'behind' : 'ahead of';
  return (
    `Your clock is ${duration(Math.abs(skewMs))} ${side} the tracker's. Set it right (or have the tracker's set right), ` +
    'else messages are sorted wrongly and links are refused.'
  );
}

const MINUTE = 60_000;

function duration(ms: number): string {
  if (ms < 120 * MINUTE) return amount(Math.round(ms / MINUTE), 'minute');
  if (ms < 48 * 60 * MINUTE) return amount(Math.round(ms / (60 * MINUTE)), 'hour');
  return amount(Math.round(ms / (24 * 60 * MINUTE)), 'day');
}

function amount(count: number, unit: string): string {
  return `${count} ${unit}${count === 1 ? '' : 's'}`;
}
