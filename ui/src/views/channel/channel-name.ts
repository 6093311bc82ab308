/** Names of channels while they are written. */
import { channelSkeleton } from '../../../../protocol/confusable.js';
import { parseChannelName } from '../../../../protocol/ids.js';
import type { TextKey } from '../../text/translate.js';

/** Of a name, in characters (SPEC.md section 1). */
export const CHANNEL_NAME_MAX = 32;

/** What is surely meant: lower case, and `-` for spaces. */
export function tidyChannelName(text: string): string {
  return text
    .replace(/^\s*#?\s*/u, '')
    .toLowerCase()
    .replace(/\s+/gu, '-');
}

/** The rule that a tidied name breaks, or undefined; of an empty one nothing is said yet. */
export function channelNameProblem(name: string): TextKey | undefined {
  if (name === '' || parseChannelName(name)) return undefined;
  return /^[a-z0-9_-]*$/.test(name) ? 'channels.name_too_long' : 'channels.name_letters';
}

/** Whether a new channel would be mistaken for one that exists; the daemon and the tracker refuse it. */
export function looksLikeAnother(name: string, existing: readonly string[]): boolean {
  const skeleton = channelSkeleton(name);
  return name !== '' && existing.some((one) => one !== name && channelSkeleton(one) === skeleton);
}
