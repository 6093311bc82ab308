/**
 * Names that look alike (SPEC.md section 1): the skeleton of UTS 39, for the few characters of our names. Two names with one
 * skeleton cannot be told apart at a glance in a common font.
 */

/**
 * `1 l I` and `0 O o` are one shape each, and `rn`, `vv`, `cl` pass for `m`, `w`, `d`; `_` and `-` are one stroke, however
 * many stand together. Digits that only resemble letters (5 S, 8 B, 2 Z) stay apart, since `team5` and `teams` are ordinary.
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

/** Of a username. Its case does not count, so `i` may be written `I`, which is the shape of `l`: both are one. */
export function usernameSkeleton(username: string): string {
  return shape(username.toLowerCase().replace(/i/g, 'l'));
}

/** Of a channel's name, which is always in lower case: `i` and `l` stay apart, as in `mail` and `mall`. */
export function channelSkeleton(channel: string): string {
  return shape(channel);
}
