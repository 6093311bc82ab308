/** The web address of a gateway: who has a session gets the window of their own peer, everybody else the pages to sign in. */
import { STATUS_CODES, type IncomingMessage, type ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';
import type { FastifyInstance } from 'fastify';
import { ParleyError } from '../../protocol/errors.js';
import { failed, refuse } from '../local/http-guard.js';
import type { Log } from '../services.js';
import type { UserDoors } from './user-doors.js';

export interface WebParts {
  readonly doors: UserDoors;
  /** Of those without a session. */
  readonly visitors: FastifyInstance;
  readonly log: Log;
}

/** Of the visitors' pages. */
const FORMS = /^\/(sign-in|register|guest)$/;

export class GatewayWeb {
  constructor(private readonly parts: WebParts) {}

  readonly request = (request: IncomingMessage, response: ServerResponse): void => {
    const { doors, visitors } = this.parts;
    // A form that was open in another tab is answered as one, also of who has come in meanwhile.
    const isForm = request.method === 'POST' && FORMS.test(request.url ?? '');
    const owner = isForm ? undefined : (doors.ownerOf(request.headers) ?? doors.hookOwner(request.url));
    if (!owner) return visitors.routing(request, response);
    owner
      .wake()
      .then((awake) => doors.doorOf(awake))
      .then((door) => door.request(request, response))
      .catch((error: unknown) => this.#answer(response, error));
  };

  readonly upgrade = (request: IncomingMessage, connection: Duplex, head: Buffer): void => {
    const { doors, log } = this.parts;
    connection.on('error', (err) => log.debug({ err }, 'an upgrade failed'));
    const owner = doors.ownerOf(request.headers);
    if (!owner) {
      const { http, code, message } = failed(new ParleyError('not_signed_in'), log);
      return refuse(connection, http, code, message);
    }
    owner
      .seat()
      .then(async (seat) => {
        connection.once('close', () => seat.leave());
        if (connection.destroyed) return seat.leave();
        const { awake } = owner;
        if (!awake) throw new ParleyError('unavailable');
        (await doors.doorOf(awake)).upgrade(request, connection, head);
      })
      .catch((error: unknown) => {
        const { http, code, message } = failed(error, log);
        refuse(connection, http, code, message);
      });
  };

  #answer(response: ServerResponse, error: unknown): void {
    const { http, code, message } = failed(error, this.parts.log);
    if (response.headersSent) return void response.destroy();
    response.writeHead(http, STATUS_CODES[http], { 'content-type': 'application/json; charset=utf-8' });
    response.end(JSON.stringify({ status: 'failed', code, message }));
  }
}
