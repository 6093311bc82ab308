/** What a person is told where there is none. */
export const FAKETIME_MISSING: string;
/** Whether a program of that name is in PATH. */
export function hasProgram(name: string, env?: Readonly<Record<string, string | undefined>>): boolean;
