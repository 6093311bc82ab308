/** Size and thumbnail of a picture: decoded only where its head says that it has few enough pixels, and at once into a small copy. */
import { FILE_SIDE_MAX, THUMBNAIL_MAX } from '../../../protocol/files.js';
import { PIXELS_MAX } from '../limits.js';
import { base64, encoded } from './encoded.js';
import type { ImageHead } from './image-head.js';
import type { Looks } from './outgoing.js';

/** Longest sides and qualities, the best first: the first that is small enough is taken. */
const SIDES = [400, 320, 240, 160, 96] as const;
const QUALITIES = [0.8, 0.6, 0.4] as const;

export async function pictureLooks(file: Blob, head: ImageHead): Promise<Looks> {
  const { width, height } = head;
  if (width * height > PIXELS_MAX) return sides(width, height);
  const copy = await smallCopy(file, head).catch(() => undefined);
  if (!copy) return sides(width, height);
  try {
    // A browser may turn a picture where its head has not told us: what is seen counts.
    const turned = width !== height && copy.width > copy.height !== width > height && copy.width !== copy.height;
    const thumbnail = await thumbnailOf(copy, copy.width, copy.height);
    return { ...(turned ? sides(height, width) : sides(width, height)), ...(thumbnail !== undefined && { thumbnail }) };
  } finally {
    copy.close();
  }
}

/** Never larger than it is. */
function smallCopy(file: Blob, { width, height }: ImageHead): Promise<ImageBitmap> {
  const [largest] = SIDES;
  if (Math.max(width, height) <= largest) return createImageBitmap(file);
  const size = width > height ? { resizeWidth: largest } : { resizeHeight: largest };
  return createImageBitmap(file, { ...size, resizeQuality: 'high' });
}

/** Base64 of at most 16 KiB; undefined where the browser cannot write one. */
export async function thumbnailOf(
  picture: CanvasImageSource,
  width: number,
  height: number,
): Promise<string | undefined> {
  for (const side of SIDES) {
    const canvas = drawn(picture, width, height, Math.min(1, side / Math.max(width, height)));
    for (const quality of QUALITIES) {
      const small = canvas && (await encoded(canvas, quality));
      if (small && small.size <= THUMBNAIL_MAX) return base64(small);
    }
  }
  return undefined;
}

function drawn(
  picture: CanvasImageSource,
  width: number,
  height: number,
  scale: number,
): HTMLCanvasElement | undefined {
  const canvas = document.createElement('canvas');
  canvas.width = Math.max(1, Math.round(width * scale));
  canvas.height = Math.max(1, Math.round(height * scale));
  const context = canvas.getContext('2d');
  if (!context) return undefined;
  context.imageSmoothingQuality = 'high';
  context.drawImage(picture, 0, 0, canvas.width, canvas.height);
  return canvas;
}

function sides(width: number, height: number): Looks {
  return Math.max(width, height) <= FILE_SIDE_MAX ? { width, height } : {};
}
