/** What a person is told where there is none. */
export const CHROMIUM_MISSING: string;
/** The path of a Chromium, as `CHROMIUM_PATH` or `PATH` give it. */
export function findChromium(env?: Readonly<Record<string, string | undefined>>): string | undefined;
