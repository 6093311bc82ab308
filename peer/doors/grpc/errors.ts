/** Errors of the peer → statuses of gRPC (SPEC.md section 10). Clients that need the exact one find its code in the trailer `parley-code`. */
import { Code, ConnectError } from '@connectrpc/connect';
import { errorTable, isParleyError, type ErrorCode } from '../../../protocol/errors.js';
import type { Log } from '../../services.js';

const CODE_TRAILER = 'parley-code';

const byStatus: Readonly<Record<number, Code>> = {
  400: Code.InvalidArgument,
  401: Code.Unauthenticated,
  403: Code.PermissionDenied,
  404: Code.NotFound,
  409: Code.FailedPrecondition,
  413: Code.ResourceExhausted,
  415: Code.InvalidArgument,
  416: Code.OutOfRange,
  429: Code.ResourceExhausted,
  503: Code.Unavailable,
};

/** Where the HTTP status says less than gRPC can. */
const special: Readonly<Partial<Record<ErrorCode, Code>>> = {
  permanent_channel: Code.FailedPrecondition,
  channel_archived: Code.FailedPrecondition,
  channel_deleted: Code.FailedPrecondition,
  unknown_command: Code.Unimplemented,
  storage_full: Code.ResourceExhausted,
  quota_full: Code.ResourceExhausted,
  clock_wrong: Code.FailedPrecondition,
  tracker_clock_wrong: Code.FailedPrecondition,
  clocks_differ: Code.FailedPrecondition,
  certificate_ended: Code.FailedPrecondition,
};

/** @param log told of what is nobody's fault but ours */
export function statusOf(error: unknown, log: Log): ConnectError {
  if (error instanceof ConnectError) return error;
  if (isParleyError(error)) {
    const code = special[error.code] ?? byStatus[error.http] ?? Code.Internal;
    return new ConnectError(error.message, code, { [CODE_TRAILER]: error.code });
  }
  if (error instanceof Error && error.name === 'AbortError')
    return new ConnectError('The call was cancelled. Call again.', Code.Canceled);
  log.error({ err: error }, 'a gRPC call failed');
  return new ConnectError(errorTable.internal.message, Code.Internal, { [CODE_TRAILER]: 'internal' });
}

/** What Connect itself says of a request that it cannot read → what to do about it. */
export function reworded(
  code: string,
  message: string,
): { readonly code: string; readonly message: string } | undefined {
  const limit = /is larger than configured readMaxBytes (\d+)/.exec(message)?.[1];
  if (limit !== undefined)
    return { code, message: `A message to this method has at most ${limit} bytes. Send a smaller one, or several.` };
  const wrong = /^parse binary: (.*)$/s.exec(message)?.[1];
  if (wrong !== undefined)
    return {
      code: String(Code.InvalidArgument),
      message: `That is no message of this method (${wrong}). Make your client's code anew from protocol/parley.proto.`,
    };
  return undefined;
}
