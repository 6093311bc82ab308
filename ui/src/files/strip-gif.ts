/** GIF: keeps frames, their timing and how often they repeat; not comments, nor what programs add to it, nor what stands behind its end. */
import { type ByteWindow, type Cleaned, Malformed, PartList } from './byte-source.js';

const IMAGE = 0x2c;
const EXTENSION = 0x21;
const TRAILER = 0x3b;
const COMMENT = 0xfe;
const APPLICATION = 0xff;
/** Applications that say how often the frames repeat. */
const LOOPS = /^(?:NETSCAPE2\.0|ANIMEXTS1\.0)$/;
const HEAD = 13;

export async function stripGif(file: ByteWindow): Promise<Cleaned> {
  const list = new PartList();
  let [removed, place, frames] = [false, false, 0];
  let at = HEAD + tableLength((await file.view(0, HEAD)).getUint8(10));
  list.keep(0, Math.min(at, file.size));
  while (at < file.size) {
    const kind = (await file.view(at, 1)).getUint8(0);
    if (kind === TRAILER) {
      list.keep(at, at + 1);
      at++;
      break;
    }
    const from = at;
    if (kind === IMAGE) {
      // Its place and size, its own colours, how wide its codes are, and the codes.
      at = await blocksEnd(file, from + 11 + tableLength((await file.view(from, 10)).getUint8(9)));
      list.keep(from, at);
      frames++;
    } else if (kind === EXTENSION) {
      const label = (await file.view(from, 2)).getUint8(1);
      at = await blocksEnd(file, from + 2);
      const isLoop = label === APPLICATION && LOOPS.test(await file.text(from + 3, 11));
      if (label === COMMENT || (label === APPLICATION && !isLoop)) {
        removed = true;
        place ||= (await file.text(from, Math.min(at - from, 64 * 1024))).includes('GPS');
      } else list.keep(from, at);
    } else throw new Malformed('a block of an unknown kind');
  }
  if (frames === 0) throw new Malformed('no pixels');
  return { parts: list.parts, removed: removed || at < file.size, place };
}

/** Of colours, by the flags of what it belongs to. */
function tableLength(flags: number): number {
  return flags & 0x80 ? 3 * 2 ** ((flags & 7) + 1) : 0;
}

/** Behind blocks of up to 255 bytes, the last of which is empty; the end of the file where it is cut off. */
async function blocksEnd(file: ByteWindow, from: number): Promise<number> {
  for (let at = from; at < file.size;) {
    const length = (await file.view(at, 1)).getUint8(0);
    at += 1 + length;
    if (length === 0) return at;
  }
  return file.size;
}
