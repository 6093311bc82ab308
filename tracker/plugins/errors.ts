import type { FastifyError, FastifyReply, FastifyRequest } from 'fastify';
import type { Socket } from 'node:net';
import { isParleyError, ParleyError } from '../../protocol/errors.js';
import { TRACKER_BODY_MAX } from '../../protocol/limits.js';
import type { Failure } from '../../protocol/tracker-api.js';
import { retryAfterOf } from '../daily-limits.js';
import type { Log } from '../log.js';
import { isForm, readForm } from './bodies.js';
import type { App } from './http-types.js';

type FieldNames = Readonly<Record<string, string>>;

/** Every error becomes an answer here: `{"status":"failed",code,message}`, or for a form its page with the message. */
export function addErrors(app: App, log: Log): void {
  app.setErrorHandler((error: FastifyError, request, reply) => {
    const known = isParleyError(error) ? error : translate(error, namesOf(request));
    const facts = { err: error, route: request.routeOptions.url };
    // A closed connection has no address, which the rate limit needs. That is no fault of the tracker.
    const { destroyed, remoteAddress } = request.raw.socket;
    if (destroyed || remoteAddress === undefined)
      log.debug(facts, 'the client closed the connection before its answer');
    else if (known.code === 'internal') log.error(facts, 'a request failed');
    return sendFailure(known, request, reply);
  });
}

/** Of the fields, where a person has filled in a form. */
function namesOf(request: FastifyRequest): FieldNames {
  return (isForm(request) ? request.routeOptions.config.fieldNames : undefined) ?? {};
}

/** Answers what no route answers, with the hooks of this scope. */
export function addNotFound(app: App): void {
  app.setNotFoundHandler((request, reply) => sendFailure(new ParleyError('not_found'), request, reply));
}

async function sendFailure(error: ParleyError, request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
  const sig = 'sig' in error && typeof error.sig === 'string' ? { sig: error.sig } : {};
  const failure: Failure = { status: 'failed', code: error.code, message: error.message, ...sig };
  // The rest of the unread body would otherwise be parsed as the next request.
  if (error.code === 'too_large') void reply.header('connection', 'close');
  void reply.code(error.http);
  const retryAfter = retryAfterOf(error);
  if (retryAfter !== undefined) void reply.header('retry-after', retryAfter);
  const { errorPage, failureMessages } = request.routeOptions.config;
  // Of a page itself, or of a form in one.
  if (errorPage && (isForm(request) || request.method === 'GET')) {
    // Refused before its body was read, as where the session is over: the page keeps what was typed. Not what another site has filled in.
    if (
      isForm(request) &&
      request.body === undefined &&
      error.code !== 'foreign_origin' &&
      error.code !== 'too_large'
    ) {
      request.body = await readForm(request.raw, TRACKER_BODY_MAX);
      // There may be more of it.
      if (request.body === undefined) void reply.header('connection', 'close');
    }
    return reply.type('text/html; charset=utf-8').send(errorPage(failure, request, fieldOf(error)));
  }
  failure.message = failureMessages?.[error.code] ?? failure.message;
  void reply.header('x-content-type-options', 'nosniff');
  return reply.type('application/json; charset=utf-8').send(JSON.stringify(failure));
}

/** Answers a URL that cannot be decoded: it reaches no route. */
export function answerBadUrl(error: FastifyError, _request: FastifyRequest, reply: FastifyReply): void {
  const { http, code, message } = translate(error);
  void reply
    .code(http)
    .type('application/json; charset=utf-8')
    .send(JSON.stringify({ status: 'failed', code, message }));
}

const codes: Readonly<Record<string, ConstructorParameters<typeof ParleyError>[0]>> = {
  FST_ERR_CTP_INVALID_JSON_BODY: 'bad_json',
  FST_ERR_CTP_EMPTY_JSON_BODY: 'bad_json',
  FST_ERR_CTP_BODY_TOO_LARGE: 'too_large',
  FST_ERR_CTP_INVALID_MEDIA_TYPE: 'unsupported_media_type',
};

function translate(error: FastifyError, names: FieldNames = {}): ParleyError {
  const code = codes[error.code];
  if (code) return new ParleyError(code, undefined, { cause: error });
  if (error.validation) return invalid(error.validation, names);
  if (error instanceof SyntaxError || error.name === 'SyntaxError') return new ParleyError('bad_json');
  const status = error.statusCode ?? 500;
  if (status >= 400 && status < 500) return new ParleyError('bad_request', undefined, { cause: error });
  return new ParleyError('internal', undefined, { cause: error });
}

/** A field of a form that is not as its schema says. */
class BadField extends ParleyError {
  constructor(
    message: string,
    readonly field: string,
  ) {
    super('bad_request', message);
  }
}

function fieldOf(error: ParleyError): string | undefined {
  return error instanceof BadField ? error.field : undefined;
}

/** Wrong names have their own codes, since a person typed them. For all else the message names the field. */
function invalid([first]: NonNullable<FastifyError['validation']>, names: FieldNames): ParleyError {
  const { instancePath: path = '', keyword, message = 'is not valid', params = {} } = first ?? {};
  if (keyword === 'pattern' && path === '/username') return new ParleyError('bad_name');
  if (keyword === 'pattern' && /^\/channels?(\/|$)|^\/name$/.test(path)) return new ParleyError('bad_channel');
  const missing = Array.isArray(params['requiredProperties']) ? String(params['requiredProperties'][0]) : '';
  const field = [...path.split('/'), missing].filter(Boolean).join('.');
  if (field === '') return new ParleyError('bad_request', 'Send one JSON object with the documented fields.');
  const name = names[field];
  if (name !== undefined) return new BadField(`“${name}” ${inWords(keyword, params)}`, field);
  return new ParleyError(
    'bad_request',
    missing ? `The field "${field}" is missing.` : `The field "${field}" ${message}.`,
  );
}

/** What a field of a form must be, for whoever fills it in. */
function inWords(keyword: string | undefined, { limit }: Record<string, unknown>): string {
  if (keyword === 'minimum') return `must be at least ${String(limit)}.`;
  if (keyword === 'maximum') return `must be at most ${String(limit)}.`;
  if (keyword === 'maxLength') return `is too long: at most ${String(limit)} characters.`;
  if (keyword === 'minLength' || keyword === 'required') return 'is empty. Fill it in.';
  if (keyword === 'type') return 'must be a whole number.';
  return 'must be one of those in its list.';
}

/** Answers what is not HTTP, or took too long: there is no request object yet. */
export function answerBrokenRequest(error: NodeJS.ErrnoException, socket: Socket): void {
  if (error.code === 'ECONNRESET' || !socket.writable) {
    socket.destroy();
    return;
  }
  const [status, code] = brokenStatus(error.code);
  const body = JSON.stringify({ status: 'failed', code, message: new ParleyError(code).message } satisfies Failure);
  const head = `HTTP/1.1 ${status}\r\nContent-Type: application/json; charset=utf-8\r\nContent-Length: ${body.length}`;
  socket.end(`${head}\r\nConnection: close\r\n\r\n${body}`);
}

function brokenStatus(code: string | undefined): [string, 'too_large' | 'bad_request'] {
  if (code === 'HPE_HEADER_OVERFLOW') return ['431 Request Header Fields Too Large', 'too_large'];
  if (code === 'ERR_HTTP_REQUEST_TIMEOUT') return ['408 Request Timeout', 'bad_request'];
  return ['400 Bad Request', 'bad_request'];
}
