/** How a picture lies in its stage: pure. Lengths in px, from the middle of the stage. */
import type { Box } from '../../state/files.js';

export interface Zoom {
  /** 1: the whole picture fits. */
  readonly scale: number;
  readonly x: number;
  readonly y: number;
}

export const WHOLE: Zoom = { scale: 1, x: 0, y: 0 };
const SCALE_MAX = 8;

/** The picture at scale 1: as large as the stage allows, and never enlarged. */
export function fitted(picture: Box, stage: Box): Box {
  const scale = Math.min(1, stage.width / picture.width, stage.height / picture.height);
  return { width: picture.width * scale, height: picture.height * scale };
}

/** `factor` times larger, with the point under (`x`, `y`) staying where it is. */
export function zoomed(zoom: Zoom, factor: number, x: number, y: number): Zoom {
  const scale = Math.min(SCALE_MAX, Math.max(1, zoom.scale * factor));
  const by = scale / zoom.scale;
  return { scale, x: x - (x - zoom.x) * by, y: y - (y - zoom.y) * by };
}

/** No further to any side than its edge; in the middle where all of it is in sight. */
export function bounded(zoom: Zoom, shown: Box, stage: Box): Zoom {
  const held = (at: number, size: number, room: number): number => {
    const most = Math.max(0, (size * zoom.scale - room) / 2);
    return Math.min(most, Math.max(-most, at));
  };
  return {
    scale: zoom.scale,
    x: held(zoom.x, shown.width, stage.width),
    y: held(zoom.y, shown.height, stage.height),
  };
}
