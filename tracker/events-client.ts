import type { Duplex } from 'node:stream';
import Type from 'typebox';
import { Compile } from 'typebox/compile';
import type { RawData, WebSocket } from 'ws';
import { ParleyError, type ErrorCode } from '../protocol/errors.js';
import type { UserKey } from '../protocol/ids.js';
import type { Status } from './directory.js';
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
  /** Pings without an answer. */
  unanswered: number;
  /** Bytes that may wait to be read before the client counts as slow. */
  bufferMax: number;
}

/** Close codes: RFC 6455 section 7.4.1 and its registry. */
export const CLOSE_GOING_AWAY = 1001;
export const CLOSE_POLICY = 1008;
export const CLOSE_TRY_AGAIN = 1013;

const StatusMessage = Type.Object({
  type: Type.Literal('status'),
  status: Type.Union([Type.Literal('online'), Type.Literal('away'), Type.Literal('busy')]),
});
const statusMessage = Compile(StatusMessage);

/** Writes a batch at once. False: the client reads too slowly, and its socket was closed. */
export function deliver(client: EventsClient, batch: PreparedBatch): boolean {
  const { socket, stream, joined } = client;
  if (socket.readyState !== socket.OPEN) return true;
  if (stream.writableLength > client.bufferMax) {
    // The close frame waits behind the unread bytes. ws drops the connection when no answer comes in time.
    socket.close(CLOSE_TRY_AGAIN, 'reading too slowly');
    return false;
  }
  if (batch.channels.length === 0) {
    stream.write(batch.common);
    return true;
  }
  stream.cork();
  stream.write(batch.common);
  for (const channel of batch.channels) stream.write(joined.has(channel.name) ? channel.joined : channel.notJoined);
  stream.uncork();
  return true;
}

/** The only message of a client is its status. Errors: bad_json, unknown_type, bad_request. */
export function parseStatus(data: RawData, isBinary: boolean): Status {
  const message = parseObject(data, isBinary);
  if (message.type !== 'status') throw new ParleyError('unknown_type');
  if (!statusMessage.Check(message)) {
    throw new ParleyError('bad_request', 'A status is "online", "away" or "busy".');
  }
  return message.status;
}

function parseObject(data: RawData, isBinary: boolean): { type?: unknown } {
  if (isBinary) throw new ParleyError('bad_json');
  let message: unknown;
  try {
    // ws gives one Buffer unless its binaryType is changed.
    message = JSON.parse((data as Buffer).toString());
  } catch (error) {
    throw new ParleyError('bad_json', undefined, { cause: error });
  }
  if (typeof message !== 'object' || message === null) throw new ParleyError('bad_json');
  return message;
}

export function errorMessage(code: ErrorCode, message: string): string {
  return JSON.stringify({ type: 'error', code, message });
}
