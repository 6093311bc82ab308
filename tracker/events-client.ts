import type { Duplex } from 'node:stream';
import type { WebSocket } from 'ws';
import type { UserKey } from '../protocol/ids.js';
import type { PreparedBatch } from './events-batch.js';
import type { PresenceKey } from './store/tracker-store.js';

export interface EventsClient {
  readonly socket: WebSocket;
  /** The connection under `socket`: prepared frames are written to it directly. */
  readonly stream: Duplex;
  readonly user: UserKey;
  /** Hash of the session that opened it. When the session ends, the socket closes. */
  readonly session: string;
  /** The peer that is online through this socket. */
  readonly peer: PresenceKey | undefined;
  /** Channels that the user is in. */
  readonly joined: Set<string>;
  /** It knows what it means to be told of a part. */
  readonly asksPart: boolean;
  /** It is told of a part now. */
  isPart: boolean;
  /** Pings without an answer. */
  unanswered: number;
  /** Bytes that may wait to be read before the client counts as slow. */
  bufferMax: number;
}

/** Close codes: RFC 6455 section 7.4.1 and its registry. */
export const CLOSE_GOING_AWAY = 1001;
export const CLOSE_POLICY = 1008;
export const CLOSE_TRY_AGAIN = 1013;

/** Closes a client that reads too slowly. @returns whether it did */
export function closeIfSlow({ socket, stream, bufferMax }: EventsClient): boolean {
  if (stream.writableLength <= bufferMax) return false;
  // The close frame waits behind the unread bytes. ws drops the connection when no answer comes in time.
  socket.close(CLOSE_TRY_AGAIN, 'reading too slowly');
  return true;
}

/**
 * Writes a batch at once. False: the client reads too slowly, and its socket was closed.
 * @param own what is told to it and not to everybody
 */
export function deliver(client: EventsClient, batch: PreparedBatch, own: readonly Buffer[] = []): boolean {
  const { socket, stream, joined } = client;
  if (socket.readyState !== socket.OPEN) return true;
  if (closeIfSlow(client)) return false;
  const common = client.isPart ? batch.rest : batch.all;
  if (own.length + batch.channels.length === 0) {
    stream.write(common);
    return true;
  }
  stream.cork();
  for (const frame of own) stream.write(frame);
  if (common.length > 0) stream.write(common);
  for (const channel of batch.channels) stream.write(joined.has(channel.name) ? channel.joined : channel.notJoined);
  stream.uncork();
  return true;
}
