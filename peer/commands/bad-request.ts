import { ParleyError } from '../../protocol/errors.js';

interface SchemaError {
  readonly instancePath: string;
  readonly message: string;
}

/** `{instancePath: '/limit', message: 'must be integer'}` → `history.page: limit must be integer.` */
export function badRequest(what: string, error: SchemaError | undefined): ParleyError {
  const field = error?.instancePath.slice(1).replaceAll('/', '.');
  return new ParleyError('bad_request', `${what}: ${field ? `${field} ` : ''}${error?.message ?? 'not valid'}.`);
}
