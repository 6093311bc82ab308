/** Makes a picture of any size small enough for a profile, here in the browser: nobody else sees the file. */
import { PICTURE_MAX } from '../limits.js';

const SIDES = [128, 96, 64] as const;
const QUALITIES = [0.86, 0.7, 0.5, 0.3] as const;

/** Base64 of a WebP or JPEG, cut square from the middle; undefined where the file is no picture that this browser reads. */
export async function scaledPicture(file: Blob): Promise<string | undefined> {
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

/** Safari writes no WebP, and would give a PNG in its place. */
async function encoded(canvas: HTMLCanvasElement, quality: number): Promise<Blob | undefined> {
  for (const type of ['image/webp', 'image/jpeg']) {
    const blob = await new Promise<Blob | null>((resolve) => canvas.toBlob(resolve, type, quality));
    if (blob?.type === type) return blob;
  }
  return undefined;
}

async function base64(blob: Blob): Promise<string> {
  const bytes = new Uint8Array(await blob.arrayBuffer());
  return btoa(String.fromCharCode(...bytes));
}
