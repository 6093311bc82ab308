/** What an entry says of a file, and what has become of its bytes. All of it was written by others: nothing is believed unchecked. */
import type { EntryView } from '../../../protocol/local-api.js';
import { FILE_SIDE_MAX, FILE_SIZE_MAX, THUMBNAIL_MAX, shownFileName } from '../../../protocol/files.js';
import { fileKind, isShown, type FileKind } from '../../../protocol/file-types.js';
import { PIXELS_MAX } from '../limits.js';
import { sameName } from './entries.js';

/** A file as it is shown. */
export interface FileLook {
  readonly sha256: string;
  /** For people: masked, never a path. */
  readonly name: string;
  /** Bytes. */
  readonly size: number;
  readonly mime: string;
  readonly kind: FileKind;
  /** Both or none, px. */
  readonly width?: number;
  readonly height?: number;
  /** Base64; what it is has still to be looked at. */
  readonly thumbnail?: string;
  /** Milliseconds. */
  readonly duration?: number;
  /** A digit of base 36 for each part. */
  readonly waveform?: string;
  readonly voice: boolean;
  readonly group?: string;
}

/** Where it can be drawn: in the page itself, or as a card that only names it. */
export type FileForm = 'picture' | 'video' | 'audio' | 'voice' | 'card';

/** Undefined for another kind, for one that was taken back, and for facts that nobody can use. */
export function fileLook({ kind, data, deleted }: Pick<EntryView, 'kind' | 'data' | 'deleted'>): FileLook | undefined {
  return kind === 'file' && deleted !== true ? lookOf(data) : undefined;
}

/** Of the `data` of an entry, or of a row of `file.list`, which bears the same names. */
export function lookOf(data: Readonly<Record<string, unknown>>): FileLook | undefined {
  const { name, size, mime, sha256 } = data;
  if (typeof name !== 'string' || typeof mime !== 'string' || typeof sha256 !== 'string') return undefined;
  if (!/^[0-9a-f]{64}$/.test(sha256) || !isWhole(size, 0, FILE_SIZE_MAX) || mime.length > 127) return undefined;
  return {
    ...{ sha256, size, mime, name: shownFileName(name.slice(0, NAME_DRAWN)), kind: fileKind(mime) },
    voice: data['voice'] === true,
    ...sides(data),
    ...matching(data, 'thumbnail', /^[A-Za-z0-9+/]+={0,2}$/, Math.ceil(THUMBNAIL_MAX / 3) * 4),
    ...matching(data, 'waveform', /^[0-9a-z]+$/, 64),
    ...matching(data, 'group', /^[A-Za-z0-9_-]+$/, 32),
    ...(isWhole(data['duration'], 0, 2 ** 31) ? { duration: data['duration'] } : {}),
  };
}

/** UTF-16 code units: more than any name that can be sent. */
const NAME_DRAWN = 255;

function isWhole(value: unknown, min: number, max: number): value is number {
  return typeof value === 'number' && Number.isInteger(value) && value >= min && value <= max;
}

function sides({ width, height }: Readonly<Record<string, unknown>>): Pick<FileLook, 'width' | 'height'> {
  return isWhole(width, 1, FILE_SIDE_MAX) && isWhole(height, 1, FILE_SIDE_MAX) ? { width, height } : {};
}

function matching<Name extends string>(
  data: Readonly<Record<string, unknown>>,
  name: Name,
  pattern: RegExp,
  max: number,
): Partial<Record<Name, string>> {
  const value = data[name];
  const fits = typeof value === 'string' && value.length <= max && pattern.test(value);
  return fits ? ({ [name]: value } as Record<Name, string>) : {};
}

/** Only what cannot hold a script is drawn in the page: SVG and HTML never are. */
export function fileForm({ mime, kind, voice }: FileLook): FileForm {
  if (!isShown(mime)) return 'card';
  if (kind === 'image') return 'picture';
  if (kind === 'video') return 'video';
  return voice ? 'voice' : 'audio';
}

/** Pictures in one grid; the next ones begin another, so that no row is higher than a window. */
const ALBUM_MAX = 12;

/** Whether an entry stands in one grid with those right before it: pictures of one author, sent together, that answer nothing. */
export function joinsAlbum(before: readonly EntryView[], entry: EntryView): boolean {
  const [first] = before;
  if (!first || before.length >= ALBUM_MAX || entry.reply !== undefined) return false;
  const [look, led] = [albumLook(entry), albumLook(first)];
  return look !== undefined && led !== undefined && look.group === led.group && sameName(entry.from, first.from);
}

function albumLook(entry: EntryView): FileLook | undefined {
  // Asked before the rest is read: most files were sent alone.
  const look = entry.data['group'] === undefined ? undefined : fileLook(entry);
  return look?.group !== undefined && fileForm(look) === 'picture' ? look : undefined;
}

/** So many pixels are not decoded: the thumbnail stands in for them. */
export function isGiant({ width = 0, height = 0 }: Pick<FileLook, 'width' | 'height'>): boolean {
  return width * height > PIXELS_MAX;
}

export interface Box {
  readonly width: number;
  readonly height: number;
}

/** What is too flat to be pressed gets room above and below. */
const SIDE_MIN = 48;
/** Of one whose size nobody told. */
const UNKNOWN: Box = { width: 320, height: 240 };

/** The room that a picture takes, known before anything of it is here: never enlarged, and within `room`. */
export function boxOf({ width, height }: Pick<FileLook, 'width' | 'height'>, room: Box): Box {
  const from = width === undefined || height === undefined ? UNKNOWN : { width, height };
  const scale = Math.min(1, room.width / from.width, room.height / from.height);
  const side = (value: number, most: number): number => Math.min(most, Math.max(SIDE_MIN, Math.round(value * scale)));
  return { width: side(from.width, room.width), height: side(from.height, room.height) };
}

/** Levels from 0 to 1, as many as are asked for; a flat line where nobody told. */
export function waveLevels(waveform: string | undefined, count: number): readonly number[] {
  const levels = (waveform ?? '').split('').map((digit) => Number.parseInt(digit, 36) / 35);
  return Array.from({ length: count }, (_, i) => levels[Math.floor((i * levels.length) / count)] ?? 0);
}

/** Where its bytes are had. `name`: under which a browser saves it. */
export function fileUrl(sha256: string, name?: string): string {
  return `/api/files/${sha256}${name === undefined ? '' : `/${encodeURIComponent(name)}`}`;
}
