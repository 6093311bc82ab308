/** Bytes a second, of the last few seconds. */
const SPAN_MS = 5_000;
/** What comes so soon after another is counted with it. */
const TOGETHER_MS = 100;

export class SpeedOf {
  private moments: { readonly at: number; bytes: number }[] = [];
  private since: number | undefined;

  add(bytes: number, now: number): void {
    this.since ??= now;
    const last = this.moments.at(-1);
    if (last && now - last.at < TOGETHER_MS) {
      last.bytes += bytes;
      return;
    }
    this.moments.push({ at: now, bytes });
    this.trim(now);
  }

  of(now: number): number {
    this.trim(now);
    const span = Math.min(SPAN_MS, now - (this.since ?? now));
    const bytes = this.moments.reduce((sum, moment) => sum + moment.bytes, 0);
    return span <= 0 ? 0 : Math.round((bytes * 1_000) / Math.max(500, span));
  }

  private trim(now: number): void {
    const first = this.moments.findIndex(({ at }) => now - at < SPAN_MS);
    this.moments = first < 0 ? [] : this.moments.slice(first);
  }
}
