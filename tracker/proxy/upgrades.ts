/**
 * WebSockets: the request goes through the routes like any other, and only once the backend has taken it do bytes flow both ways. The
 * plugin's own way accepts first and asks the backend then: a refused session would look like a WebSocket that closes.
 */
import type { FastifyReply, FastifyRequest } from 'fastify';
import { ServerResponse, type IncomingMessage, type Server } from 'node:http';
import type { Duplex } from 'node:stream';
import { Socket } from 'node:net';
import type { App } from '../plugins/http-types.js';
import { requestAlone, wasNotSent, whyNot } from '../ask.js';
import { brokeOff, noBackend, sendFailure, tooSlow } from './failures.js';
import { Route, type ForwardParts } from './forward.js';
import { backwardHeaders, onwardHeaders } from './headers.js';
import type { Backend } from './pool.js';

interface Waiting {
  readonly socket: Socket;
  readonly head: Buffer;
}

type Outcome =
  | { readonly kind: 'taken'; readonly answer: IncomingMessage; readonly socket: Socket; readonly head: Buffer }
  | { readonly kind: 'answered'; readonly answer: IncomingMessage }
  | { readonly kind: 'failed'; readonly error: unknown }
  | { readonly kind: 'silent' };

export class Upgrades {
  readonly #waiting = new WeakMap<IncomingMessage, Waiting>();
  readonly #pairs = new Set<() => void>();

  constructor(private readonly parts: ForwardParts) {}

  get size(): number {
    return this.#pairs.size;
  }

  accept(app: App, server: Server): void {
    server.on('upgrade', (request: IncomingMessage, stream: Duplex, head: Buffer) => {
      // What comes in over the network, with TLS or without.
      if (!(stream instanceof Socket)) return void stream.destroy();
      const socket = stream;
      socket.on('error', () => socket.destroy());
      this.#waiting.set(request, { socket, head });
      const response = new ServerResponse(request);
      response.assignSocket(socket);
      // Node has taken its own timeouts from the connection: half open, it would stay.
      response.once('finish', () => socket.destroySoon());
      app.routing(request, response);
    });
  }

  isUpgrade({ raw }: FastifyRequest): boolean {
    return this.#waiting.has(raw);
  }

  readonly handle = async (request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> => {
    const { raw } = request;
    const waiting = this.#waiting.get(raw);
    if (!waiting || raw.method !== 'GET' || raw.headers.upgrade?.toLowerCase() !== 'websocket')
      return reply
        .code(400)
        .send({ status: 'failed', code: 'bad_request', message: 'Only WebSockets are taken here.' });
    const route = await Route.of(this.parts, request);
    for (let backend = route.next(); backend; backend = route.next()) {
      const outcome = await this.#try(request, backend, waiting.socket);
      if (waiting.socket.destroyed) {
        if (outcome.kind === 'taken') outcome.socket.destroy();
        return reply.hijack();
      }
      if (outcome.kind === 'taken') {
        reply.hijack();
        this.#join(backend, waiting, outcome, reply.raw);
        return reply;
      }
      if (outcome.kind === 'answered') {
        const { answer } = outcome;
        const instead = route.instead(backend, answer);
        if (!instead)
          return reply
            .code(answer.statusCode ?? 502)
            .headers(backwardHeaders(answer.headers))
            .send(answer);
        answer.destroy();
        sendFailure(request, reply, instead);
        return reply;
      }
      void this.parts.health.check(backend);
      if (outcome.kind === 'silent') {
        sendFailure(request, reply, tooSlow(backend, this.parts.timings.answer));
        return reply;
      }
      if (wasNotSent(outcome.error)) this.parts.pool.failed(backend, whyNot(outcome.error), true);
      if (route.isLast()) {
        sendFailure(request, reply, brokeOff(backend, whyNot(outcome.error)));
        return reply;
      }
      this.parts.metrics.retried();
    }
    sendFailure(request, reply, noBackend(this.parts.pool.backends));
    return reply;
  };

  /** Ends them all; peers come back by themselves. */
  close(): void {
    for (const end of this.#pairs) end();
  }

  #try(request: FastifyRequest, backend: Backend, client: Socket): Promise<Outcome> {
    const { transport, timings } = this.parts;
    const headers = { ...onwardHeaders(request, request.headers), connection: 'Upgrade', upgrade: 'websocket' };
    // It does not come back to the connections that are kept.
    const options = { path: request.raw.url ?? '/', headers, timeout: timings.answer };
    const onward = requestAlone(backend.url, transport, options);
    const gone = (): void => void onward.destroy();
    // Read meanwhile, else nobody would see that the client leaves; it has nothing to say before it was accepted (RFC 6455 4.1).
    const leave = (): void => void client.destroy();
    client.once('close', gone).on('data', leave).once('end', leave);
    return new Promise<Outcome>((resolve) => {
      onward.once('upgrade', (answer, socket, head) => resolve({ kind: 'taken', answer, socket, head }));
      onward.once('response', (answer) => resolve({ kind: 'answered', answer }));
      onward.once('timeout', () => {
        resolve({ kind: 'silent' });
        onward.destroy();
      });
      onward.on('error', (error) => resolve({ kind: 'failed', error }));
      onward.end();
    }).finally(() => {
      client.off('close', gone).off('data', leave).off('end', leave).pause();
    });
  }

  #join(
    backend: Backend,
    { socket, head }: Waiting,
    outcome: Outcome & { kind: 'taken' },
    response: ServerResponse,
  ): void {
    const other = outcome.socket;
    const release = this.parts.pool.use(backend);
    const end = (): void => {
      socket.end();
      other.end();
    };
    this.#pairs.add(end);
    const { idle } = this.parts.timings;
    let open = 2;
    for (const one of [socket, other]) {
      one.setNoDelay(true);
      one.setTimeout(idle, () => one.destroy());
      one.on('error', () => one.destroy());
      one.once('close', () => {
        for (const both of [socket, other]) both.destroy();
        open -= 1;
        if (open > 0) return;
        this.#pairs.delete(end);
        release();
      });
    }
    response.detachSocket(socket);
    socket.write(headOf(outcome.answer));
    if (outcome.head.length > 0) socket.write(outcome.head);
    if (head.length > 0) other.write(head);
    // Who reads slowly slows the other side down; nothing gathers here.
    socket.pipe(other);
    other.pipe(socket);
  }
}

function headOf({ statusCode, statusMessage, rawHeaders }: IncomingMessage): string {
  const lines = [`HTTP/1.1 ${statusCode ?? 101} ${statusMessage ?? 'Switching Protocols'}`];
  for (let at = 0; at + 1 < rawHeaders.length; at += 2)
    lines.push(`${rawHeaders[at] ?? ''}: ${rawHeaders[at + 1] ?? ''}`);
  return `${lines.join('\r\n')}\r\n\r\n`;
}
