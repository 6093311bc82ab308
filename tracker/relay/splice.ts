/** Two sides of a circuit: what one sends is handed to the other as it is, never faster than that one reads. */
import type { WebSocket } from 'ws';
import { CIRCUIT_CLOSE, CIRCUIT_JOINED } from '../../protocol/circuit.js';
import type { Clock } from '../clock.js';
import type { Meter } from './pace.js';

/** Of one direction, on its way to a side that does not read. Bytes. */
const BUFFERED_MAX = 256 * 1024;
/** Looked at so often: without a byte in between, in either direction, it ends. A link says something every 15 s. */
export const IDLE_MS = 120_000;

/** Hands on until one side goes; then the other is closed as well. @param over called once */
export function splice(
  sides: readonly [WebSocket, WebSocket],
  { meter, clock, over }: { readonly meter: Meter; readonly clock: Clock; readonly over: () => void },
): void {
  const [one, other] = sides;
  let isOpen = true;
  const cancels = new Set<() => void>();
  const end = (): void => {
    if (!isOpen) return;
    isOpen = false;
    for (const cancel of cancels) cancel();
    cancelIdle();
    over();
  };
  const after = (ms: number, work: () => void): void => {
    const cancel = clock.after(ms, () => {
      cancels.delete(cancel);
      work();
    });
    cancels.add(cancel);
  };
  let moved = false;
  const idle = (): (() => void) =>
    clock.after(IDLE_MS, () => {
      if (moved) {
        moved = false;
        cancelIdle = idle();
        return;
      }
      for (const side of sides) side.close(CIRCUIT_CLOSE.gone, 'nothing was said for too long');
    });
  let cancelIdle = idle();

  const pipe = (from: WebSocket, to: WebSocket): void => {
    let buffered = 0;
    let isOwing = false;
    const flow = (): void => {
      if (isOwing || buffered > BUFFERED_MAX) from.pause();
      else from.resume();
    };
    from.on('message', (data: Buffer, isBinary) => {
      if (!isOpen) return;
      if (!isBinary) return void from.close(CIRCUIT_CLOSE.broken, 'a circuit carries bytes');
      moved = true;
      buffered += data.length;
      to.send(data, () => {
        buffered -= data.length;
        flow();
      });
      const wait = meter.take(data.length);
      if (wait > 0 && !isOwing) {
        isOwing = true;
        after(wait, () => {
          isOwing = false;
          flow();
        });
      }
      flow();
    });
    from.once('close', () => {
      end();
      // What is on its way to it goes first.
      to.close(CIRCUIT_CLOSE.gone, 'the other side went');
      to.resume();
    });
  };
  pipe(one, other);
  pipe(other, one);
  for (const side of sides) {
    side.send(CIRCUIT_JOINED);
    side.resume();
  }
}
