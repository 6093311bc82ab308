import assert from 'node:assert/strict';
import type { Answer } from './test-tracker.js';

/** The form of every failure, and nothing besides. */
export function expectFailure({ status, body }: Answer, http: number, code: string): void {
  assert.deepEqual(
    [status, { ...body, message: typeof body['message'] }],
    [http, { status: 'failed', code, message: 'string' }],
  );
}
