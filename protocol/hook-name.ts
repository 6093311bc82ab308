/** The name that a program gave itself when it posted by a webhook of the author's (SPEC.md section 5). */
import { drawn, isSeen } from './visible.js';

const NAME_MAX = 64;

/**
 * No user's name, and never shown as one: beside the author, with a mark.
 * @returns a name of at most 64 UTF-16 units, as it is drawn; undefined where no program posted, or its name shows nothing
 */
export function hookNameOf({ data }: { readonly data: Readonly<Record<string, unknown>> }): string | undefined {
  const { hook } = data;
  const name = typeof hook === 'object' && hook !== null && 'name' in hook ? hook.name : undefined;
  if (typeof name !== 'string' || !isSeen(name)) return undefined;
  // One line, whoever wrote it: a letter that is cut in two is none.
  return drawn(name.slice(0, NAME_MAX))
    .replaceAll(/[\p{Cc}\u2028\u2029]+/gu, ' ')
    .toWellFormed();
}
