/** What HTTP says of a file: which part is asked for, what it is called, and whether a browser may show it. Pure. */
import { isShown } from '../../protocol/file-types.js';
import { safeFileName } from '../../protocol/files.js';

/** From byte, up to and without byte. */
export type ByteRange = readonly [start: number, end: number];

/**
 * One range of RFC 9110. `all` where none is asked for, where it cannot be read, and for several at once, which a server may
 * answer with the whole; `none` for one that lies behind the end.
 */
export function rangeOf(header: string | undefined, size: number): ByteRange | 'all' | 'none' {
  const [, first, last] = /^\s*bytes\s*=\s*(\d{0,15})\s*-\s*(\d{0,15})\s*$/i.exec(header ?? '') ?? [];
  if (first === undefined || last === undefined || (first === '' && last === '')) return 'all';
  if (first === '') {
    const length = Math.min(Number(last), size);
    return length > 0 ? [size - length, size] : 'none';
  }
  const [start, end] = [Number(first), last === '' ? size : Math.min(Number(last) + 1, size)];
  if (last !== '' && Number(last) < start) return 'all';
  return start < size ? [start, end] : 'none';
}

/** The bytes of a hash are always the same. */
export function etagOf(sha256: string): string {
  return `"${sha256}"`;
}

/** `name` may be anything: what is sent is safe on every system, and no part of it ends the header. */
export function contentDisposition(name: string, mime: string, download = false): string {
  const safe = safeFileName(name);
  const plain = safe.replaceAll(/[^\x20-\x7e]/g, '_').replaceAll(/["\\%]/g, '_');
  const encoded = encodeURIComponent(safe).replaceAll(
    /['()*]/g,
    (sign) => `%${sign.charCodeAt(0).toString(16).toUpperCase()}`,
  );
  return `${isShown(mime) && !download ? 'inline' : 'attachment'}; filename="${plain}"; filename*=UTF-8''${encoded}`;
}
