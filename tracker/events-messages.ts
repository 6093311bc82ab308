/** What clients of /events may say: how present their user is, and whom they follow; and that they are there. */
import Type, { type Static } from 'typebox';
import { Compile } from 'typebox/compile';
import type { RawData } from 'ws';
import { isParleyError, ParleyError, type ErrorCode } from '../protocol/errors.js';
import { FOLLOW_AT_ONCE_MAX } from '../protocol/limits.js';
import { UsernameField } from '../protocol/tracker-api.js';
import type { EventsClient } from './events-client.js';

const StatusMessage = Type.Object({
  type: Type.Literal('status'),
  status: Type.Union([Type.Literal('online'), Type.Literal('away'), Type.Literal('busy')]),
});
const FollowMessage = Type.Object({
  type: Type.Union([Type.Literal('follow'), Type.Literal('unfollow')]),
  users: Type.Array(UsernameField, { minItems: 1, maxItems: FOLLOW_AT_ONCE_MAX }),
});
const statusMessage = Compile(StatusMessage);
const followMessage = Compile(FollowMessage);

type ClientMessage = Static<typeof StatusMessage> | Static<typeof FollowMessage>;

export interface Hearer {
  /** Errors of both: those that the client is told. */
  status(client: EventsClient, status: Static<typeof StatusMessage>['status']): Promise<void>;
  follow(client: EventsClient, users: readonly string[], follows: boolean): void;
  /** It is there. */
  answered(client: EventsClient): void;
  closed(client: EventsClient): void;
  /** Work that nobody waits for. */
  run(work: Promise<void>): void;
  broken(error: Error): void;
}

/** What a client says, until its socket is closed. */
export function listen(client: EventsClient, hearer: Hearer): void {
  const { socket, stream } = client;
  socket.on('message', (data, isBinary) => hearer.run(receive(client, data, isBinary, hearer)));
  // Answered here: ws would keep any number of answers for a client that asks and does not read.
  socket.on('ping', (data) => {
    if (stream.writableLength > client.bufferMax) socket.terminate();
    else socket.pong(data);
  });
  socket.on('pong', () => hearer.answered(client));
  // ws itself closes the socket after an error: a message too large, not UTF-8, a broken frame.
  socket.on('error', (error) => hearer.broken(error));
  socket.on('close', () => hearer.closed(client));
}

async function receive(client: EventsClient, data: RawData, isBinary: boolean, hearer: Hearer): Promise<void> {
  try {
    const message = parseMessage(data, isBinary);
    if (message.type === 'status') await hearer.status(client, message.status);
    else hearer.follow(client, message.users, message.type === 'follow');
  } catch (error) {
    if (!isParleyError(error)) throw error;
    // A client that sends many wrong messages and does not read the answers is slow as well.
    if (client.stream.writableLength > client.bufferMax) client.socket.terminate();
    else client.socket.send(errorMessage(error.code, error.message));
  }
}

/** Errors: bad_json, unknown_type, bad_request. */
function parseMessage(data: RawData, isBinary: boolean): ClientMessage {
  const message = parseObject(data, isBinary);
  if (message.type === 'status') {
    if (statusMessage.Check(message)) return message;
    throw new ParleyError('bad_request', 'A status is "online", "away" or "busy".');
  }
  if (message.type === 'follow' || message.type === 'unfollow') {
    if (followMessage.Check(message)) return message;
    throw new ParleyError('bad_request', `"users" are 1 to ${FOLLOW_AT_ONCE_MAX} user names.`);
  }
  throw new ParleyError('unknown_type');
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

function errorMessage(code: ErrorCode, message: string): string {
  return JSON.stringify({ type: 'error', code, message });
}
