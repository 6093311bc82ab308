/**
 * Confusable names (SPEC.md section 2): the skeleton of UTS 39, for the few characters of our names. Two names with the same
 * skeleton look the same at a glance in a common font.
 */

/**
 * `1 l I` look the same, and so do `0 O o`. `rn`, `vv`, `cl` look like `m`, `w`, `d`. `_` and `-` look the same, and so does any
 * run of them. Digits that only resemble letters (5 S, 8 B, 2 Z) are different, since `team5` and `teams` are ordinary names.
 */
function shape(lower: string): string {
  return lower
    .replace(/1/g, 'l')
    .replace(/0/g, 'o')
    .replace(/rn/g, 'm')
    .replace(/vv/g, 'w')
    .replace(/cl/g, 'd')
    .replace(/[_-]+/g, '-');
}

/** Of a username. Its case does not count, so `i` can be written `I`, which looks like `l`: all three are the same. */
export function usernameSkeleton(username: string): string {
  return shape(username.toLowerCase().replace(/i/g, 'l'));
}

/** Of a channel's name, which is always in lower case. So `i` and `l` are different, as in `mail` and `mall`. */
export function channelSkeleton(channel: string): string {
  return shape(channel);
}

/** Whether only guests may have such a name (SPEC.md section 2): it begins like theirs. No other letters look like these. */
export function isGuestName(username: string): boolean {
  return /^guest[_-]/i.test(username);
}
