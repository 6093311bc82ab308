/** The shape of a sound, from how loud it was while it was recorded: 64 digits or fewer that go with its entry. */

const PARTS_MAX = 64;
const DIGITS = 36;

/** How loud samples are, 0 to 1: the root of their mean square. `samples`: bytes around 128, as an AnalyserNode gives them. */
export function loudness(samples: Uint8Array): number {
  if (samples.length === 0) return 0;
  let sum = 0;
  for (const sample of samples) sum += ((sample - 128) / 128) ** 2;
  return Math.min(1, Math.sqrt(sum / samples.length));
}

/**
 * `levels`: 0 to 1, evenly in time. Each part is as loud as its loudest moment; the loudest of all is the full height, so that
 * a quiet voice shows its shape as well. Undefined without any.
 */
export function waveform(levels: readonly number[]): string | undefined {
  const heights = peaks(levels, Math.min(PARTS_MAX, levels.length));
  // Below this it is the noise of a room, which is to look like silence.
  const top = Math.max(0.02, ...heights);
  const digits = heights.map((height) => Math.round((height / top) * (DIGITS - 1)).toString(DIGITS));
  return digits.length > 0 ? digits.join('') : undefined;
}

/** In so many parts: the loudest moment of each. */
export function peaks(levels: readonly number[], parts: number): number[] {
  return Array.from({ length: parts }, (_, part) => {
    const from = Math.floor((part * levels.length) / parts);
    const to = Math.max(from + 1, Math.floor(((part + 1) * levels.length) / parts));
    return Math.max(0, ...levels.slice(from, to));
  });
}
