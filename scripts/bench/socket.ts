import { once } from 'node:events';
import type { WebSocket } from 'ws';

/** Resolves when it is open; rejects with why it is not. */
export async function openSocket(socket: WebSocket): Promise<WebSocket> {
  await once(socket, 'open');
  return socket;
}
