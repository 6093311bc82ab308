import { once } from 'node:events';
import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import type { WebSocket } from 'ws';
import type { End } from './chain.js';

/** As an end of a chain. */
export function socketEnd({ socket, connection }: OpenSocket): End {
  return {
    connection,
    send: (frame) => socket.send(frame),
    onFrame: (listener) => void socket.on('message', (data: Buffer) => listener(data.toString())),
    onClose: (listener) => void socket.on('close', (code) => listener(`${code}`)),
  };
}

/** A WebSocket that is open, and the connection below it. */
export interface OpenSocket {
  readonly socket: WebSocket;
  readonly connection: Duplex;
}

/** Resolves when it is open; rejects with why it is not. */
export async function openSocket(socket: WebSocket): Promise<OpenSocket> {
  const upgraded = once(socket, 'upgrade') as Promise<[IncomingMessage]>;
  const [[response]] = await Promise.all([upgraded, once(socket, 'open')]);
  return { socket, connection: response.socket };
}
