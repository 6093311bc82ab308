/** The request bodies that the tracker reads: JSON everywhere, HTML forms on some routes. */
import type { FastifyRequest } from 'fastify';
import type { IncomingMessage } from 'node:http';
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
    const fields = fieldsOf(body as string);
    if (fields) done(null, fields);
    else done(new ParleyError('bad_request'));
  });
}

/** What a form has that was refused before its body was read; undefined where it is too large, broken off, or no form. */
export async function readForm(raw: IncomingMessage, max: number): Promise<Record<string, string> | undefined> {
  const parts: Buffer[] = [];
  let size = 0;
  try {
    // The connection stays, for the answer.
    for await (const part of raw.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>) {
      size += part.length;
      if (size > max) return undefined;
      parts.push(part);
    }
  } catch {
    // Whoever has gone is shown nothing.
    return undefined;
  }
  return fieldsOf(Buffer.concat(parts).toString());
}

/** Undefined where there are more than any form has. */
function fieldsOf(body: string): Record<string, string> | undefined {
  // Browsers send every line break as two characters, and count one.
  const fields = new URLSearchParams(body.replaceAll('%0D%0A', '%0A'));
  return fields.size > 32 ? undefined : Object.fromEntries(fields);
}
