/** Pictures of profiles: small, of three formats, and told by their first bytes alone. */
import { hash } from 'node:crypto';
import { PICTURE_MAX } from '../../protocol/limits.js';
import type { Picture } from '../services.js';

export type PictureType = 'image/png' | 'image/jpeg' | 'image/webp';

/** Where the local door serves a picture. The address changes with the picture, so that it may be kept for ever. */
export const pictureAddress = (id: string): string => `/api/pictures/${id}`;

/** What the bytes are, whatever somebody calls them. */
export function pictureType(bytes: Uint8Array): PictureType | undefined {
  const at = (from: number, text: string): boolean =>
    Buffer.from(text, 'latin1').every((byte, i) => bytes[from + i] === byte);
  if (at(0, '\x89PNG\r\n\x1a\n')) return 'image/png';
  if (at(0, '\xff\xd8\xff')) return 'image/jpeg';
  return at(0, 'RIFF') && at(8, 'WEBP') ? 'image/webp' : undefined;
}

/** Base64 as every encoder writes it, of a picture that fits; else undefined. `id`: a hash of the bytes. */
export function readPicture(
  data: unknown,
): (Picture & { readonly id: string; readonly mime: PictureType }) | undefined {
  if (typeof data !== 'string' || data.length > Math.ceil(PICTURE_MAX / 3) * 4) return undefined;
  const bytes = Buffer.from(data, 'base64');
  const mime = pictureType(bytes);
  if (bytes.length > PICTURE_MAX || bytes.toString('base64') !== data || !mime) return undefined;
  return { id: hash('sha256', bytes, 'base64url'), mime, bytes };
}
