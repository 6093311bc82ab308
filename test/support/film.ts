/** A film that a browser itself has drawn: WebM with an index, so that it can be seeked, and too large to be read at once. */
import type { Page } from 'playwright-core';

const SIDE = 320;
/** A second. */
const FRAMES = 4;

/** Noise, since that cannot be made smaller. Frames of VP8, each of which stands for itself, as base64. */
function frames(page: Page, count: number): Promise<readonly string[]> {
  return page.evaluate(
    async ([side, all, rate]) => {
      const found: string[] = [];
      const encoder = new VideoEncoder({
        error(error) {
          throw error;
        },
        output: (chunk) => {
          const bytes = new Uint8Array(chunk.byteLength);
          chunk.copyTo(bytes);
          found.push(Array.from(bytes, (byte) => String.fromCharCode(byte)).join(''));
        },
      });
      encoder.configure({ codec: 'vp8', width: side, height: side, bitrate: 40_000_000, framerate: rate });
      const canvas = new OffscreenCanvas(side, side);
      const context = canvas.getContext('2d');
      for (let i = 0; i < all; i++) {
        const data = new ImageData(side, side);
        for (let at = 0; at < data.data.length; at += 65_536)
          crypto.getRandomValues(data.data.subarray(at, Math.min(at + 65_536, data.data.length)));
        for (let at = 3; at < data.data.length; at += 4) data.data[at] = 255;
        context?.putImageData(data, 0, 0);
        const frame = new VideoFrame(canvas, { timestamp: (i * 1_000_000) / rate });
        encoder.encode(frame, { keyFrame: true });
        frame.close();
      }
      await encoder.flush();
      return found.map((bytes) => btoa(bytes));
    },
    [SIDE, count, FRAMES] as const,
  );
}

/** An element of EBML: its id, the length of what follows in eight bytes, and that. */
function element(id: string, ...parts: readonly (Buffer | number | string)[]): Buffer {
  const body = Buffer.concat(parts.map((part) => (Buffer.isBuffer(part) ? part : plain(part))));
  const length = Buffer.alloc(8);
  length.writeBigUInt64BE(BigInt(body.length) | (1n << 56n));
  return Buffer.concat([Buffer.from(id, 'hex'), length, body]);
}

function plain(value: number | string): Buffer {
  if (typeof value === 'string') return Buffer.from(value);
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value);
  return bytes;
}

/** `seconds` long. */
export async function film(page: Page, seconds: number): Promise<Buffer> {
  const all = await frames(page, seconds * FRAMES);
  const duration = Buffer.alloc(8);
  duration.writeDoubleBE(seconds * 1_000);
  const head = element(
    '1a45dfa3',
    ...[element('4286', 1), element('42f7', 1), element('42f2', 4), element('42f3', 8)],
    ...[element('4282', 'webm'), element('4287', 2), element('4285', 2)],
  );
  const info = element('1549a966', element('2ad7b1', 1_000_000), element('4489', duration), element('4d80', 'parley'));
  const size = element('e0', element('b0', SIDE), element('ba', SIDE));
  const track = element('ae', element('d7', 1), element('73c5', 1), element('83', 1), element('86', 'V_VP8'), size);
  const clusters = all.map((frame, i) => {
    const block = Buffer.concat([Buffer.from([0x81, 0, 0, 0x80]), Buffer.from(frame, 'base64')]);
    return element('1f43b675', element('e7', (i * 1_000) / FRAMES), element('a3', block));
  });
  const before = Buffer.concat([info, element('1654ae6b', track)]);
  // All of a length that does not depend on the places: the index stands before what it points to.
  const index = (from: number): Buffer => {
    let at = from;
    const points = clusters.map((cluster, i) => {
      const place = element('b7', element('f7', 1), element('f1', at));
      at += cluster.length;
      return element('bb', element('b3', (i * 1_000) / FRAMES), place);
    });
    return element('1c53bb6b', ...points);
  };
  const start = before.length + index(0).length;
  return Buffer.concat([head, element('18538067', before, index(start), ...clusters)]);
}
