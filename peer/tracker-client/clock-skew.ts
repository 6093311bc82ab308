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
