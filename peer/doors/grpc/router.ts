/** Requests → calls, in gRPC, gRPC-Web and Connect. Between Node's servers and Connect, so that no request can throw where nobody catches. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { constants, type Http2ServerRequest, type Http2ServerResponse } from 'node:http2';
import { Code, createConnectRouter, createContextValues, type ConnectRouter } from '@connectrpc/connect';
import {
  compressionGzip,
  universalRequestFromNodeRequest,
  universalResponseToNodeResponse,
} from '@connectrpc/connect-node';
import type { UniversalServerResponse } from '@connectrpc/connect/protocol';
import type { Log } from '../../services.js';
import { callStream, type Callers, type Connection } from './callers.js';
import { callsOf } from './calls.js';
import { reworded } from './errors.js';
import { giveFile, takeFile } from './files.js';
import { Health } from './generated/grpc/health/v1/health_pb.js';
import { ServerReflection } from './generated/grpc/reflection/v1/reflection_pb.js';
import { HistoryRequestSchema, Parley, SubscribeRequestSchema } from './generated/parley_pb.js';
import { healthOf } from './health.js';
import { historyOf } from './history.js';
import { entryMessage, withoutEmpty } from './messages.js';
import { reflectionOf, serverReflectionAlpha } from './reflection.js';
import { newsOf } from './subscription.js';

export type Request = IncomingMessage | Http2ServerRequest;
export type Response = ServerResponse | Http2ServerResponse;

export interface RouterOptions {
  readonly callers: Callers;
  readonly log: Log;
  /** Aborted, with the error to answer with, when the door closes. */
  readonly closing: AbortSignal;
}

const HOW = `This port is for gRPC: package parley.v1, service Parley, as protocol/parley.proto has it. Use a gRPC client; to look around, grpcurl and this address with "list".`;

/** Answers one request; it never throws. */
export type Router = (request: Request, response: Response, connection: Connection) => void;

export function routerOf({ callers, log, closing }: RouterOptions): Router {
  const { limits } = callers;
  const router = createConnectRouter({
    acceptCompression: [compressionGzip],
    readMaxBytes: limits.messageBytes,
    shutdownSignal: closing,
  });
  const services = [Parley, Health, ServerReflection, serverReflectionAlpha];
  router.service(Health, healthOf(services.map(({ typeName }) => typeName)));
  for (const each of [ServerReflection, serverReflectionAlpha]) router.service(each, reflectionOf(services));
  addParley(router, callers);
  const handlers = new Map(router.handlers.map((handler) => [handler.requestPath, handler]));

  return (request, response, connection) => {
    response.on('error', (err) => log.debug({ err }, 'an answer of gRPC failed'));
    request.on('error', (err: Error) => log.debug({ err }, 'a request of gRPC failed'));
    const handler = handlers.get(request.url?.split('?', 1)[0] ?? '');
    if (!handler) return refuse(request, response, Code.Unimplemented, `There is no such method here. ${HOW}`);
    const values = createContextValues().set(callStream, { connection, cut: () => cut(response) });
    try {
      handler(universalRequestFromNodeRequest(request, response, undefined, values))
        .then((answer) => {
          if (answer.body === undefined && answer.status >= 400) return say(response, answer.status, HOW);
          return universalResponseToNodeResponse(speaking(answer), response);
        })
        .catch((err: unknown) => log.debug({ err }, 'a call of gRPC ended early'));
    } catch (err) {
      // No address that could be one.
      log.debug({ err }, 'a request of gRPC was none');
      cut(response);
    }
  };
}

function addParley(router: ConnectRouter, callers: Callers): void {
  const { limits } = callers;
  router.service(Parley, {
    ...callsOf(callers),
    history: (request, context) =>
      mapped(
        callers.stream(context, (caller) => historyOf(caller, withoutEmpty(HistoryRequestSchema, request))),
        (entry) => ({ entry: entryMessage(entry) }),
      ),
    subscribe: (request, context) =>
      mapped(
        callers.stream(context, (caller) => newsOf(caller, withoutEmpty(SubscribeRequestSchema, request))),
        (news) => {
          const { cursor } = news;
          if ('entry' in news) return { cursor, event: { case: 'entry' as const, value: entryMessage(news.entry) } };
          if ('changed' in news)
            return { cursor, event: { case: 'changed' as const, value: entryMessage(news.changed) } };
          return { cursor };
        },
      ),
    getFile: (request, context) =>
      mapped(
        callers.stream(context, (caller) => giveFile(caller, request)),
        (part) =>
          part instanceof Uint8Array
            ? { part: { case: 'chunk' as const, value: part } }
            : { part: { case: 'file' as const, value: { ...part, size: BigInt(part.size) } } },
      ),
  });
  router.rpc(
    Parley.method.sendFile,
    (parts, context) =>
      callers.once(context, async (caller) => {
        const { entry, sha256, size, mime } = await takeFile(caller, parts, limits.stallMs);
        return { entry: entryMessage(entry), sha256, size: BigInt(size), mime };
      }),
    { readMaxBytes: limits.chunkBytes },
  );
}

async function* mapped<From, To>(items: AsyncIterable<From>, to: (item: From) => To): AsyncIterable<To> {
  for await (const item of items) yield to(item);
}

/** What Connect says of a request that it could not read, in our words: known once the body has been read. */
function speaking(answer: UniversalServerResponse): UniversalServerResponse {
  const { trailer, body } = answer;
  if (!trailer || !body) return answer;
  const reword = (): void => {
    const better = reworded(trailer.get('grpc-status') ?? '', decodeURIComponent(trailer.get('grpc-message') ?? ''));
    if (!better) return;
    trailer.set('grpc-status', better.code);
    trailer.set('grpc-message', encodeURIComponent(better.message));
  };
  const iterator = body[Symbol.asyncIterator]();
  return {
    ...answer,
    body: {
      [Symbol.asyncIterator]: () => ({
        ...iterator,
        next: async () => {
          const next = await iterator.next();
          if (next.done === true) reword();
          return next;
        },
        throw: async (error: unknown) => (await iterator.throw?.(error)) ?? { done: true, value: undefined },
        return: async (value: unknown) => (await iterator.return?.(value)) ?? { done: true, value: undefined },
      }),
    },
  };
}

/** In the manner of whoever asks: a status for gRPC, a text for all else. */
export function refuse(request: Request, response: Response, code: Code, message: string): void {
  // What asked may have gone by the time it is heard: its frames came in one packet.
  if ('stream' in response && response.stream.destroyed) return;
  const type = request.headers['content-type'] ?? '';
  request.resume();
  if (!type.startsWith('application/grpc')) return say(response, code === Code.Unimplemented ? 404 : 400, message);
  const head = {
    ':status': 200,
    'content-type': type,
    'grpc-status': String(code),
    'grpc-message': encodeURIComponent(message),
  };
  // Without a body: nothing but this form has the status where clients look for it.
  if ('stream' in response) response.stream.respond(head, { endStream: true });
  else say(response, 400, message);
}

function say(response: Response, status: number, message: string): void {
  response.writeHead(status, { 'content-type': 'text/plain; charset=utf-8' });
  response.end(`${message}\n`);
}

/** gRPC has this code for RESOURCE_EXHAUSTED. */
function cut(response: Response): void {
  if ('stream' in response) response.stream.close(constants.NGHTTP2_ENHANCE_YOUR_CALM);
  else response.destroy();
}
