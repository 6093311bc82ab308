/** HEIC and AVIF: where what they tell of place and camera stands, which are items like the picture itself. */
import { type ByteWindow, Malformed } from './byte-source.js';
import { type Box, BoxReader, boxesIn, findBox, type Span } from './iso-boxes.js';

/** Exif, and what is written in words (XMP). */
const TELLING = new Set(['Exif', 'mime']);
const ITEMS_MAX = 10_000;

/** @param meta the box of a file or a track. @throws Malformed */
export async function tellingItems(file: ByteWindow, meta: Box): Promise<readonly Span[]> {
  // A full box, whose version comes first.
  const inside = { ...meta, body: meta.body + 4 };
  const [infos, places, data] = [
    await findBox(file, inside, 'iinf'),
    await findBox(file, inside, 'iloc'),
    await findBox(file, inside, 'idat'),
  ];
  if (!infos || !places) return [];
  const telling = await tellingIds(file, infos);
  return telling.size === 0 ? [] : spansOf(file, places, telling, data);
}

async function tellingIds(file: ByteWindow, { body, to }: Box): Promise<ReadonlySet<number>> {
  const reader = new BoxReader(file, body, to);
  const counted = (await reader.version()) === 0 ? 2 : 4;
  const ids = new Set<number>();
  for await (const info of boxesIn(file, body + 4 + counted, to)) {
    const each = new BoxReader(file, info.body, info.to);
    const version = await each.version();
    if (info.name !== 'infe' || version < 2) continue;
    const id = await each.number(version === 2 ? 2 : 4);
    each.skip(2);
    if (TELLING.has(await each.text(4))) ids.add(id);
  }
  return ids;
}

async function spansOf(
  file: ByteWindow,
  { body, to }: Box,
  telling: ReadonlySet<number>,
  data: Box | undefined,
): Promise<readonly Span[]> {
  const reader = new BoxReader(file, body, to);
  const version = await reader.version();
  const sizes = await reader.number(2);
  const [offsetSize, lengthSize, baseSize] = [sizes >> 12, (sizes >> 8) & 15, (sizes >> 4) & 15];
  const indexSize = version === 0 ? 0 : sizes & 15;
  if ([offsetSize, lengthSize, baseSize, indexSize].some((size) => size > 8)) throw new Malformed('an odd number');
  const count = await reader.number(version < 2 ? 2 : 4);
  if (version > 2 || count > ITEMS_MAX) throw new Malformed('too many items');
  const spans: Span[] = [];
  for (let i = 0; i < count; i++) {
    const id = await reader.number(version < 2 ? 2 : 4);
    const method = version === 0 ? 0 : (await reader.number(2)) & 15;
    reader.skip(2);
    const base = await reader.number(baseSize);
    const extents = await reader.number(2);
    for (let n = 0; n < extents; n++) {
      await reader.number(indexSize);
      const from = base + (await reader.number(offsetSize));
      const length = await reader.number(lengthSize);
      if (telling.has(id)) spans.push(placed(from, length, method, data, file.size));
    }
  }
  return spans;
}

/** `method`: 0 counts from the beginning of the file, 1 from that of the data within the box. */
function placed(at: number, length: number, method: number, data: Box | undefined, size: number): Span {
  const start = method === 0 ? 0 : method === 1 ? data?.body : undefined;
  const end = method === 0 ? size : data?.to;
  // No length: up to the end.
  if (start === undefined || end === undefined || length === 0 || start + at + length > end)
    throw new Malformed('an item that is elsewhere');
  return { from: start + at, to: start + at + length };
}
