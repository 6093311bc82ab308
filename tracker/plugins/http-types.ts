import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox';
import type {
  FastifyBaseLogger,
  FastifyInstance,
  FastifyRequest,
  RawReplyDefaultExpression,
  RawRequestDefaultExpression,
  RawServerDefault,
} from 'fastify';
import type { ErrorCode } from '../../protocol/errors.js';
import type { Failure } from '../../protocol/tracker-api.js';
import type { Session } from '../store/tracker-store.js';

/** The tracker's server, with types that follow from the schemas. */
export type App = FastifyInstance<
  RawServerDefault,
  RawRequestDefaultExpression,
  RawReplyDefaultExpression,
  FastifyBaseLogger,
  TypeBoxTypeProvider
>;

/** A page that shows why a form was refused, with what was typed. `field`: the one that a schema refused. */
export type ErrorPage = (failure: Failure, request: FastifyRequest, field?: string) => string;

declare module 'fastify' {
  interface FastifyRequest {
    /** Set on every route behind `authenticate`. */
    session: Session | null;
    /** The path under which a trusted proxy serves this tracker, without a slash at its end. Empty without a proxy. */
    forwardedPrefix: string;
    /** By the clock of `performance`; set on routes that measure their answers themselves. */
    startedAt: number;
  }
  interface FastifyContextConfig {
    /** By code: messages that JSON clients get instead of the usual ones. They are those of the system Parley grew from. */
    failureMessages?: Readonly<Partial<Record<ErrorCode, string>>>;
    /** For routes that HTML forms post to: the page that shows a failure. */
    errorPage?: ErrorPage;
    /** What the fields of a route's form are called in it: a refusal of one says so. */
    fieldNames?: Readonly<Record<string, string>>;
  }
}
