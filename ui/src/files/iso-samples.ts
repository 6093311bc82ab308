/** MP4 and QuickTime: where the bytes of a track stand that a camera has recorded along with its film: places, movements, faces. */
import { type ByteWindow, Malformed } from './byte-source.js';
import { type Box, BoxReader, findBox, type Span } from './iso-boxes.js';

/** Handlers of tracks that are neither seen nor heard. */
const TELLING = new Set(['meta', 'camm', 'gpmd']);
const SAMPLES_MAX = 1_000_000;

export async function isTelling(file: ByteWindow, track: Box): Promise<boolean> {
  const handler = await findBox(file, track, 'mdia', 'hdlr');
  return handler !== undefined && TELLING.has(await file.text(handler.body + 8, 4));
}

/** A span for each chunk of its samples. @throws Malformed */
export async function sampleSpans(file: ByteWindow, track: Box): Promise<readonly Span[]> {
  const table = await findBox(file, track, 'mdia', 'minf', 'stbl');
  if (!table) throw new Malformed('a track without samples');
  const sizeOf = await sizes(file, await findBox(file, table, 'stsz'));
  const inChunk = await samplesOfChunks(file, await findBox(file, table, 'stsc'));
  const short = await findBox(file, table, 'stco');
  const offsets = short ?? (await findBox(file, table, 'co64'));
  const reader = readerOf(file, offsets);
  const count = await reader.number(4);
  if (count > SAMPLES_MAX) throw new Malformed('too many chunks');
  const spans: Span[] = [];
  let sample = 0;
  for (let chunk = 1; chunk <= count; chunk++) {
    const from = await reader.number(short ? 4 : 8);
    let length = 0;
    for (let left = inChunk(chunk); left > 0; left--) length += sizeOf(sample++);
    if (from + length > file.size) throw new Malformed('samples behind the end');
    if (length > 0) spans.push({ from, to: from + length });
  }
  return spans;
}

/** Of full boxes: what follows version and flags. */
function readerOf(file: ByteWindow, box: Box | undefined): BoxReader {
  if (!box) throw new Malformed('a track without a table');
  return new BoxReader(file, box.body + 4, box.to);
}

async function sizes(file: ByteWindow, box: Box | undefined): Promise<(sample: number) => number> {
  const reader = readerOf(file, box);
  const all = await reader.number(4);
  const count = await reader.number(4);
  if (count > SAMPLES_MAX) throw new Malformed('too many samples');
  if (all > 0) return () => all;
  const each: number[] = [];
  for (let i = 0; i < count; i++) each.push(await reader.number(4));
  return (sample) => each[sample] ?? 0;
}

/** The table tells from which chunk on there are how many. */
async function samplesOfChunks(file: ByteWindow, box: Box | undefined): Promise<(chunk: number) => number> {
  const reader = readerOf(file, box);
  const count = await reader.number(4);
  if (count > SAMPLES_MAX) throw new Malformed('too many runs of chunks');
  const runs: { readonly first: number; readonly samples: number }[] = [];
  for (let i = 0; i < count; i++) {
    const [first, samples] = [await reader.number(4), await reader.number(4)];
    if (samples > SAMPLES_MAX) throw new Malformed('too many samples');
    runs.push({ first, samples });
    reader.skip(4);
  }
  let run = 0;
  return (chunk) => {
    while ((runs[run + 1]?.first ?? Infinity) <= chunk) run++;
    return runs[run]?.samples ?? 0;
  };
}
