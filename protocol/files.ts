/** Files (SPEC.md section 7): sizes and chunks, and how a name that somebody gave is shown and saved. */
import { drawn, isSeen } from './visible.js';

/** Bytes of one chunk; the last one of a file may be shorter. */
export const FILE_CHUNK = 1024 * 1024;
/** So a list of hashes has at most 2 MiB. */
export const FILE_CHUNKS_MAX = 65_536;
export const FILE_SIZE_MAX = FILE_CHUNK * FILE_CHUNKS_MAX;
/** Bytes of UTF-8. */
export const FILE_NAME_MAX = 255;
/** Bytes of the decoded thumbnail. */
export const THUMBNAIL_MAX = 16 * 1024;
/** Pixels of one side of a picture or film, as its entry says them. */
export const FILE_SIDE_MAX = 65_535;

/** How many chunks a file of this size has: none when it is empty. */
export function chunkCount(size: number): number {
  return Math.ceil(size / FILE_CHUNK);
}

/** The bytes of chunk `n`, counted from 0. */
export function chunkLength(size: number, n: number): number {
  return Math.min(FILE_CHUNK, size - n * FILE_CHUNK);
}

/** Controls, line ends, marks of direction, what is ignored by default: nothing of it belongs into a name. */
const HIDDEN =
  /[\p{Cc}\p{Zl}\p{Zp}\p{Cs}\u061c\u200b\u200e\u200f\u202a-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb\u{e0000}-\u{e007f}]/gu;

/**
 * A name as people see it: one line, without what turns or hides a part of it (`photo<RLO>gpj.exe`, `photo.jpg     .exe`), and
 * without anything that reads as a path. Never empty.
 */
export function shownFileName(name: string): string {
  const shown = drawn(name.toWellFormed().replaceAll(HIDDEN, ''))
    .replaceAll(/[/\\\u2044\u2215\u29f8\u29f5\ufe68\uff0f\uff3c]/g, '_')
    .replaceAll(/\s+/gu, ' ')
    .trim();
  return isSeen(shown) ? shown : 'file';
}

/** Names that Windows keeps for devices, with any extension. */
const RESERVED = /^(?:con|prn|aux|nul|conin\$|conout\$|clock\$|com[0-9¹²³]|lpt[0-9¹²³])(?:\s*\.|\s*$)/iu;
/** Bytes: room for what a browser or `parley get` adds, such as ` (1)` or `.part`. */
const SAVED_MAX = 200;
const EXTENSION_MAX = 16;

/**
 * A name under which a file can be saved on any system: no path, no device, nothing hidden, no option of a command, and not
 * longer than a file system takes. Never empty.
 */
export function safeFileName(name: string): string {
  const plain = shownFileName(name)
    .normalize('NFC')
    .replaceAll(/[<>:"|?*]/g, '_')
    // A leading dot hides it, a dash makes it an option, a tilde a home folder; trailing dots and blanks are lost on Windows.
    .replace(/^[.\s]+/u, '')
    .replace(/[.\s]+$/u, '')
    .replace(/^[-~]/, '_$&');
  const safe = plain === '' ? 'file' : RESERVED.test(plain) ? `_${plain}` : plain;
  return shortened(safe, SAVED_MAX);
}

/** Cut in its middle, between characters, so that its extension stays. */
function shortened(name: string, max: number): string {
  const length = (text: string): number => new TextEncoder().encode(text).length;
  if (length(name) <= max) return name;
  const dot = name.lastIndexOf('.');
  const extension = dot > 0 && name.length - dot <= EXTENSION_MAX ? name.slice(dot) : '';
  let room = max - length(extension);
  let stem = '';
  for (const character of name.slice(0, name.length - extension.length)) {
    room -= length(character);
    if (room < 0) break;
    stem += character;
  }
  return stem.trimEnd() + extension;
}
