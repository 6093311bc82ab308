/**
 * Bodies of any size may take any time, if only they go on: a sender that stands still is ended. All other bodies are to be there
 * soon. Where a body is not wanted any more, its sender may go on for a moment, so that it gets to read the answer.
 */
import type { IncomingMessage } from 'node:http';
import type { LocalLimits } from './context.js';

/** @returns what ends the watch, once the body is there or refused */
export function endIdle(request: IncomingMessage, { bodyIdleMs }: Pick<LocalLimits, 'bodyIdleMs'>): () => void {
  const { socket } = request;
  let before = -1;
  // Looked at now and then: a timer for each piece would cost more than the piece.
  const watch = setInterval(() => {
    // What has come and was not read yet waits for the disk, not for its sender.
    if (socket.bytesRead === before && request.readableLength === 0) socket.destroy();
    before = socket.bytesRead;
  }, bodyIdleMs);
  return () => clearInterval(watch);
}

/** Once the answer is sent: throws away what still comes, for a while. */
export function endRest(request: IncomingMessage, { bodyRestMs }: Pick<LocalLimits, 'bodyRestMs'>): void {
  if (request.complete || request.destroyed) return;
  request.resume();
  endLate(request, bodyRestMs, () => request.socket.destroy());
}

/** Calls `late` unless the whole body is there in time. */
export function endLate(request: IncomingMessage, ms: number, late: () => void): void {
  const timer = setTimeout(late, ms);
  const over = (): void => clearTimeout(timer);
  request.once('end', over).once('close', over);
}
