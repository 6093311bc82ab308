/** The request bodies that the tracker reads: JSON everywhere, HTML forms on some routes. */
import type { FastifyRequest } from 'fastify';
import { ParleyError } from '../../protocol/errors.js';
import type { App } from './http-types.js';

const FORM = 'application/x-www-form-urlencoded';

export function isForm(request: FastifyRequest): boolean {
  return request.headers['content-type']?.startsWith(FORM) === true;
}

/** JSON. An empty body counts as an empty object, so that `POST /logout` needs none. All other types are refused. */
export function addJsonBodies(app: App): void {
  app.removeAllContentTypeParsers();
  const parse = app.getDefaultJsonParser('error', 'error');
  app.addContentTypeParser('application/json', { parseAs: 'string' }, (request, body, done) => {
    if (body === '') done(null, {});
    // Fastify's parser calls `done` and returns nothing.
    else void parse(request, body as string, done);
  });
  app.addHook('preValidation', (request, _reply, done) => {
    if (request.method === 'POST' && (request.body === undefined || request.body === null)) request.body = {};
    done();
  });
}

/** Forms know texts alone: makes numbers of these fields. A hook for before the validation. */
export function numbersOf(...fields: readonly string[]) {
  return async (request: FastifyRequest): Promise<void> => {
    if (!isForm(request)) return;
    const body = request.body as Record<string, unknown>;
    for (const field of fields) {
      const text = body[field];
      // All else is refused as it was typed.
      if (typeof text === 'string' && /^-?\d{1,15}$/.test(text.trim())) body[field] = Number(text);
    }
  };
}

/** As `numbersOf`, for fields that are `true` or `false`. */
export function truthOf(...fields: readonly string[]) {
  return async (request: FastifyRequest): Promise<void> => {
    if (!isForm(request)) return;
    const body = request.body as Record<string, unknown>;
    for (const field of fields)
      if (body[field] === 'true' || body[field] === 'false') body[field] = body[field] === 'true';
  };
}

/** The forms of the pages. Only for routes that need it: a browser lets any other site send a form. */
export function addFormBodies(app: App): void {
  app.addContentTypeParser(FORM, { parseAs: 'string' }, (_request, body, done) => {
    // Browsers send every line break as two characters, and count one.
    const fields = new URLSearchParams((body as string).replaceAll('%0D%0A', '%0A'));
    if (fields.size > 32) done(new ParleyError('bad_request'));
    else done(null, Object.fromEntries(fields));
  });
}
