import { errorTable, isParleyError } from '../../protocol/errors.js';
import type { Log } from '../services.js';

/** How this door words an error, whatever it was. What is not the caller's fault goes to the log, and only there. */
export interface Failed {
  readonly code: string;
  readonly message: string;
  readonly http: number;
}

/** What Fastify itself refuses with, in our words. */
const fastifyCodes: Readonly<Record<string, 'too_large' | 'bad_json' | 'bad_request'>> = {
  FST_ERR_CTP_BODY_TOO_LARGE: 'too_large',
  FST_ERR_CTP_INVALID_JSON_BODY: 'bad_json',
  FST_ERR_CTP_EMPTY_JSON_BODY: 'bad_json',
  FST_ERR_CTP_INVALID_MEDIA_TYPE: 'bad_request',
  FST_ERR_CTP_INVALID_CONTENT_LENGTH: 'bad_request',
};

export function failed(error: unknown, log: Log): Failed {
  if (isParleyError(error)) return { code: error.code, message: error.message, http: error.http };
  const { code, status } = errorFacts(error);
  const known = fastifyCodes[code];
  if (known) return { code: known, message: errorTable[known].message, http: errorTable[known].http };
  if (status >= 400 && status < 500)
    return { code: 'bad_request', message: errorTable.bad_request.message, http: status };
  log.error({ err: error }, 'a request failed');
  return { code: 'internal', message: errorTable.internal.message, http: 500 };
}

function errorFacts(error: unknown): { code: string; status: number } {
  if (typeof error !== 'object' || error === null) return { code: '', status: 0 };
  return {
    code: 'code' in error && typeof error.code === 'string' ? error.code : '',
    status: 'statusCode' in error && typeof error.statusCode === 'number' ? error.statusCode : 0,
  };
}
