/** What a file is by its first bytes (SPEC.md section 7). Only what is listed here is ever shown in the window. */

export type FileKind = 'image' | 'video' | 'audio' | 'document' | 'other';

/** Bytes from the beginning that `sniffedMime` looks at. */
export const SNIFF_BYTES = 64;

/** What a browser may render in the page: it cannot hold a script. Not SVG, which can, nor anything of XML and HTML. */
const SHOWN = new Set([
  'image/png',
  'image/jpeg',
  'image/gif',
  'image/webp',
  'image/avif',
  'audio/mpeg',
  'audio/mp4',
  'audio/ogg',
  'audio/wav',
  'audio/flac',
  'audio/webm',
  'video/mp4',
  'video/webm',
  'video/ogg',
  'video/quicktime',
]);

/** `type/subtype` → whether it may be shown inline, given that the bytes are of that type. */
export function isShown(mime: string): boolean {
  return SHOWN.has(mime);
}

const DOCUMENTS =
  /^(?:text\/(?!html|javascript|xml)|application\/(?:pdf|rtf|msword|epub\+zip|vnd\.(?:ms-|oasis\.opendocument|openxmlformats)))/;

/** How a file is sorted for people: by what its author says that it is. */
export function fileKind(mime: string): FileKind {
  const kind = /^(image|video|audio)\//.exec(mime)?.[1];
  if (kind !== undefined) return kind as FileKind;
  return DOCUMENTS.test(mime) ? 'document' : 'other';
}

/**
 * The type to send a file with, and to show it as: what its first bytes are, if that may be shown; where they are of one
 * container for sound and film, the claim decides between the two. All else is bytes without a meaning to a browser.
 */
export function sniffedMime(first: Uint8Array, claimed: string): string {
  const found = signature(first);
  if (found === undefined) return 'application/octet-stream';
  if (Array.isArray(found)) return found.find((mime) => mime === claimed) ?? found[0] ?? 'application/octet-stream';
  return found;
}

function signature(bytes: Uint8Array): string | string[] | undefined {
  const text = (from: number, to: number): string => String.fromCharCode(...bytes.subarray(from, to));
  if (text(0, 8) === '\x89PNG\r\n\x1a\n') return 'image/png';
  if (text(0, 3) === '\xff\xd8\xff') return 'image/jpeg';
  if (/^GIF8[79]a$/.test(text(0, 6))) return 'image/gif';
  if (text(0, 4) === 'RIFF') return { WEBP: 'image/webp', WAVE: 'audio/wav' }[text(8, 12)];
  if (text(0, 4) === 'OggS') return ['audio/ogg', 'video/ogg'];
  if (text(0, 4) === 'fLaC') return 'audio/flac';
  if (text(0, 4) === '\x1aE\xdf\xa3') return ['video/webm', 'audio/webm'];
  if (text(4, 8) === 'ftyp') return isoBrand(text(8, 12));
  if (text(0, 3) === 'ID3' || isMpegAudio(bytes)) return 'audio/mpeg';
  return undefined;
}

function isoBrand(brand: string): string | string[] {
  if (brand === 'avif' || brand === 'avis') return 'image/avif';
  if (brand === 'qt  ') return 'video/quicktime';
  return brand.startsWith('M4A') ? 'audio/mp4' : ['video/mp4', 'audio/mp4'];
}

/** The sync word of an MPEG frame, with a layer, a rate and a frequency that exist. */
function isMpegAudio([first = 0, second = 0, third = 0]: Uint8Array): boolean {
  const [version, layer] = [(second >> 3) & 3, (second >> 1) & 3];
  const [rate, frequency] = [third >> 4, (third >> 2) & 3];
  return (
    first === 0xff && second >> 5 === 7 && version !== 1 && layer === 1 && rate > 0 && rate < 15 && frequency !== 3
  );
}
