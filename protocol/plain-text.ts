/**
 * What people write of themselves and others are shown everywhere: names, a status, a topic. It must not be able to reorder
 * or break the text around it.
 */
import { drawn, isSeen } from './visible.js';

/** Control characters, separators of lines and paragraphs, embeddings, overrides and isolates of direction, and the like. */
const FORBIDDEN = /[\p{Cc}\u2028-\u202e\u2066-\u2069\ufeff\ufff9-\ufffb]/u;
/** The same, but for the end of a line. */
const FORBIDDEN_IN_LINES = /(?!\n)[\p{Cc}\u2028-\u202e\u2066-\u2069\ufeff\ufff9-\ufffb]/u;
const EMOJI = /^[\p{Extended_Pictographic}\p{Emoji_Component}\p{RI}]+$/u;
const PICTURED = /[\p{Extended_Pictographic}\p{RI}\u20e3]/u;

/** One line: trimmed, without anything that would reorder, break or cover it, its blanks single. */
export function cleanLine(text: string): string {
  return drawn(text.toWellFormed()).replaceAll(/\s+/gu, ' ').replaceAll(new RegExp(FORBIDDEN, 'gu'), '').trim();
}

/** Some lines: the same for each, blanks as written; never more than one empty line together. */
export function cleanLines(text: string): string {
  return drawn(text.toWellFormed())
    .replaceAll(/\r\n?/gu, '\n')
    .replaceAll(new RegExp(FORBIDDEN_IN_LINES, 'gu'), '')
    .replaceAll(/\n{3,}/gu, '\n\n')
    .trim();
}

/** Whether it would not stay within its line. */
export function isBroken(text: string): boolean {
  return FORBIDDEN.test(text);
}

/** Whether it is what `cleanLine` makes of it, and somebody sees something of it. */
export function isLine(text: unknown, maxLength: number): text is string {
  return isText(text, maxLength) && cleanLine(text) === text;
}

export function isLines(text: unknown, maxLength: number): text is string {
  return isText(text, maxLength) && cleanLines(text) === text;
}

/** One emoji or a few, and nothing else. */
export function isEmoji(text: unknown, maxLength: number): text is string {
  return typeof text === 'string' && text.length <= maxLength && EMOJI.test(text) && PICTURED.test(text);
}

function isText(text: unknown, maxLength: number): text is string {
  return typeof text === 'string' && text !== '' && text.length <= maxLength && text.isWellFormed() && isSeen(text);
}
