export const FIREFOX_MISSING: string;
export function findFirefox(env?: NodeJS.ProcessEnv): string | undefined;
export function installFirefox(say: (line: string) => void): Promise<void>;
