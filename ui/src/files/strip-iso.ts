/**
 * MP4, QuickTime, HEIC and AVIF: what they tell of place, camera and owner is overwritten where it stands, with zeros or an empty
 * box of the same length. So no byte of film, sound or picture moves, and nothing that points to one has to be changed.
 */
import { type ByteWindow, type Cleaned, latin1, Malformed, PartList } from './byte-source.js';
import { readExif } from './exif.js';
import { type Box, boxesIn, type Span } from './iso-boxes.js';
import { tellingItems } from './iso-items.js';
import { isTelling, sampleSpans } from './iso-samples.js';

/** Of these, tags are what the file is about: title, artist and cover. */
const MUSIC = /^M4[ABP] /;
const FIRST = /^(?:ftyp|moov|wide|mdat)$/;
/** At the end of a file: what programs and cameras add, a hidden film among it. */
const BESIDE: ReadonlySet<string> = new Set(['uuid', 'udta', 'mpvd', 'sefd']);
/** Within a film, or a track of it. */
const TOLD: ReadonlySet<string> = new Set(['udta', 'meta']);
/** What of a span is looked at for places. */
const LOOKED_AT = 256 * 1024;
const ZEROS = new Uint8Array(64 * 1024);
/** A file with more of it was made to be slow. */
const SPANS_MAX = 200_000;

export async function isIso(file: ByteWindow): Promise<boolean> {
  const first = await file.text(4, 8);
  return FIRST.test(first.slice(0, 4)) && !(first.startsWith('ftyp') && MUSIC.test(first.slice(4)));
}

/** @throws Malformed also where it is built in a way that is not known here */
export async function stripIso(file: ByteWindow): Promise<Cleaned> {
  const found = new Found();
  for await (const box of boxesIn(file, 0, file.size)) {
    if (box.name === 'moov') await film(file, box, found);
    else if (box.name === 'meta') await picture(file, box, found);
    else if (BESIDE.has(box.name)) found.empty(box);
  }
  const spans = found.sorted();
  let place = false;
  for (const { from, to } of spans) place ||= tellsPlace(await file.upTo(from, Math.min(to - from, LOOKED_AT)));
  return { parts: partsOf(file.size, spans), removed: spans.length > 0, place };
}

async function picture(file: ByteWindow, meta: Box, found: Found): Promise<void> {
  for (const span of await tellingItems(file, meta)) if (!(await isZero(file, span))) found.zero(span);
}

async function isZero(file: ByteWindow, { from, to }: Span): Promise<boolean> {
  for (let at = from; at < to; at += LOOKED_AT) {
    if ((await file.upTo(at, Math.min(LOOKED_AT, to - at))).some((byte) => byte !== 0)) return false;
  }
  return true;
}

async function film(file: ByteWindow, moov: Box, found: Found): Promise<void> {
  for await (const box of boxesIn(file, moov.body, moov.to)) {
    if (box.name === 'cmov') throw new Malformed('its tables are compressed');
    if (TOLD.has(box.name) || box.name === 'uuid') found.empty(box);
    else if (box.name === 'trak') await track(file, box, found);
  }
}

async function track(file: ByteWindow, trak: Box, found: Found): Promise<void> {
  if (await isTelling(file, trak)) {
    for (const span of await sampleSpans(file, trak)) found.zero(span);
    return found.empty(trak);
  }
  for await (const box of boxesIn(file, trak.body, trak.to)) if (TOLD.has(box.name)) found.empty(box);
}

interface Overwritten extends Span {
  /** It becomes a box that says nothing: its name changes too. */
  readonly box: Box | undefined;
}

class Found {
  readonly #spans: Overwritten[] = [];

  empty(box: Box): void {
    this.#add({ from: box.from, to: box.to, box });
  }

  zero({ from, to }: Span): void {
    this.#add({ from, to, box: undefined });
  }

  /** @throws Malformed where two overlap: then one of them is not what it seems */
  sorted(): readonly Overwritten[] {
    const spans = [...this.#spans].sort((a, b) => a.from - b.from);
    if (spans.some(({ from }, i) => from < (spans[i - 1]?.to ?? 0))) throw new Malformed('parts that overlap');
    return spans;
  }

  #add(span: Overwritten): void {
    if (this.#spans.push(span) > SPANS_MAX) throw new Malformed('it has too many pieces');
  }
}

function partsOf(size: number, spans: readonly Overwritten[]): Cleaned['parts'] {
  const list = new PartList();
  let at = 0;
  for (const { from, to, box } of spans) {
    list.keep(at, from);
    at = from;
    if (box) {
      // Its length is kept as it was written, in 4 or 8 bytes.
      list.keep(from, from + 4);
      list.add(new Uint8Array([0x66, 0x72, 0x65, 0x65]));
      list.keep(from + 8, box.body);
      at = box.body;
    }
    for (; at < to; at = Math.min(to, at + ZEROS.length)) list.add(ZEROS.subarray(0, Math.min(ZEROS.length, to - at)));
  }
  list.keep(at, size);
  return list.parts;
}

function tellsPlace(bytes: Uint8Array): boolean {
  let text = '';
  for (let at = 0; at < bytes.length; at += 8_192) text += latin1(bytes.subarray(at, at + 8_192));
  if (/\xa9xyz|loci|location|GPS/.test(text)) return true;
  const exif = /II\*\0|MM\0\*/.exec(text);
  return exif !== null && readExif(bytes.subarray(exif.index)).place;
}
