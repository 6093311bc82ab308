/** Length of sound and films, and a picture of a film: asked of the browser's own player, which reads only what it needs. */
import { PIXELS_MAX } from '../limits.js';
import type { Looks } from './outgoing.js';
import { thumbnailOf } from './picture-looks.js';

/** A player that says nothing for so long will not. */
const PATIENCE_MS = 10_000;
/** Where the picture of a film is taken: many begin with black. */
const PICTURE_AT_S = 1;

/** Empty where this browser cannot play it. */
export async function mediaLooks(file: Blob, kind: 'audio' | 'video'): Promise<Looks> {
  const player = document.createElement(kind);
  const address = URL.createObjectURL(file);
  try {
    player.muted = true;
    player.preload = 'metadata';
    player.src = address;
    if (!(await comes(player, 'loadedmetadata'))) return {};
    return { ...lengthOf(player), ...(player instanceof HTMLVideoElement && (await filmLooks(player))) };
  } finally {
    player.removeAttribute('src');
    player.load();
    URL.revokeObjectURL(address);
  }
}

/** What was recorded live may not say how long it is. */
function lengthOf({ duration }: HTMLMediaElement): Looks {
  return Number.isFinite(duration) ? { duration: Math.min(2 ** 31 - 1, Math.round(duration * 1000)) } : {};
}

async function filmLooks(player: HTMLVideoElement): Promise<Looks> {
  const { videoWidth: width, videoHeight: height, duration } = player;
  if (width === 0 || height === 0) return {};
  if (width * height > PIXELS_MAX) return { width, height };
  player.currentTime = Number.isFinite(duration) ? Math.min(PICTURE_AT_S, duration / 2) : 0;
  const thumbnail = (await comes(player, 'seeked')) ? await thumbnailOf(player, width, height) : undefined;
  return { width, height, ...(thumbnail !== undefined && { thumbnail }) };
}

function comes(player: HTMLMediaElement, event: 'loadedmetadata' | 'seeked'): Promise<boolean> {
  return new Promise((resolve) => {
    const timer = setTimeout(() => resolve(false), PATIENCE_MS);
    const settle = (came: boolean) => (): void => {
      clearTimeout(timer);
      resolve(came);
    };
    player.addEventListener(event, settle(true), { once: true });
    player.addEventListener('error', settle(false), { once: true });
  });
}
