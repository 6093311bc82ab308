/** Makes a picture of any size small enough for a profile, here in the browser: nobody else sees the file. */
import { sourceOf } from '../files/byte-source.js';
import { base64, encoded } from '../files/encoded.js';
import { imageHead } from '../files/image-head.js';
import { PICTURE_MAX, PIXELS_MAX } from '../limits.js';

const SIDES = [128, 96, 64] as const;
const QUALITIES = [0.86, 0.7, 0.5, 0.3] as const;

/** Base64 of a WebP or JPEG, cut square from the middle; undefined where the file is no picture that this browser reads. */
export async function scaledPicture(file: Blob): Promise<string | undefined> {
  const head = await imageHead(sourceOf(file)).catch(() => undefined);
  if (head && head.width * head.height > PIXELS_MAX) return undefined;
  const picture = await createImageBitmap(file).catch(() => undefined);
  if (!picture) return undefined;
  try {
    for (const side of SIDES) {
      const canvas = drawn(picture, side);
      for (const quality of QUALITIES) {
        const small = await encoded(canvas, quality);
        if (small && small.size <= PICTURE_MAX) return await base64(small);
      }
    }
    return undefined;
  } finally {
    picture.close();
  }
}

function drawn(picture: ImageBitmap, side: number): HTMLCanvasElement {
  const canvas = document.createElement('canvas');
  canvas.width = side;
  canvas.height = side;
  const square = Math.min(picture.width, picture.height);
  const [left, top] = [(picture.width - square) / 2, (picture.height - square) / 2];
  const context = canvas.getContext('2d');
  if (!context) return canvas;
  context.imageSmoothingQuality = 'high';
  // A JPEG has no transparency: white looks the same in both.
  context.fillStyle = '#fff';
  context.fillRect(0, 0, side, side);
  context.drawImage(picture, left, top, square, square, 0, 0, side, side);
  return canvas;
}
