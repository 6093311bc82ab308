/** `{"id":7,"command":"message.post",…}` → `{"type":"result","id":7,"ok":true,…}` (section 8). */
import { errorTable, type ErrorCode } from '../../protocol/errors.js';
import { PostResult } from '../commands/post-result.js';
import { runCommand } from '../commands/run.js';
import type { Connection, LocalContext } from './context.js';
import { failed } from './http-guard.js';

const COMMAND_NAME_MAX = 64;

export function jsonCommand(frame: string, connection: Connection, context: LocalContext): void {
  const request = parse(frame);
  if (!request) return connection.tell(errorFrame('bad_json'));
  const { id, command } = request;
  if (typeof id !== 'number' || !Number.isSafeInteger(id) || id < 0) {
    return connection.tell(errorFrame('bad_request', 'id must be an integer, 0 or more: the result bears it.'));
  }
  if (typeof command !== 'string' || command.length > COMMAND_NAME_MAX) {
    return connection.tell(refusal(id, 'bad_request', 'command must be the name of a command.'));
  }
  if (command === 'session.login') return connection.track(sessionLogin(id, request, connection, context));
  if (!connection.authorised) return connection.tell(refusal(id, 'not_signed_in'));
  connection.speaks('events');
  connection.track(answer(id, connection, context, run(command, request, connection, context)));
}

function run(command: string, args: object, connection: Connection, context: LocalContext): Promise<object> {
  if (command === 'tracker.login' || command === 'account.password') return attempt(command, args, connection, context);
  return runCommand(context.services, command, args);
}

/** A password is a password, by whichever command: it counts as an attempt. */
async function attempt(command: string, args: object, connection: Connection, context: LocalContext): Promise<object> {
  const { services, attempts, sessions } = context;
  const result = await attempts.run(connection.address, () => runCommand(services, command, args));
  if (command === 'account.password') await sessions.endAll(connection.session);
  return result;
}

async function sessionLogin(
  id: number,
  { password }: Request,
  connection: Connection,
  context: LocalContext,
): Promise<void> {
  if (typeof password !== 'string')
    return connection.tell(refusal(id, 'bad_request', 'session.login: password must be string.'));
  const done = connection.login(password).then(() => ({}));
  await answer(id, connection, context, done);
  connection.speaks('events');
}

function answer(id: number, connection: Connection, { services }: LocalContext, work: Promise<object>): Promise<void> {
  return work.then(
    (result) => connection.tellText(resultText(id, result)),
    (error: unknown) => {
      const { code, message } = failed(error, services.log);
      connection.tell({ type: 'result', id, ok: false, code, message });
    },
  );
}

/** As `{type, id, ok, ...result}` would be written, without the copy. */
function resultText(id: number, result: object): string {
  const fields = (result instanceof PostResult ? result.text() : JSON.stringify(result)).slice(1);
  return `{"type":"result","id":${id},"ok":true${fields === '}' ? '' : ','}${fields}`;
}

interface Request {
  readonly id?: unknown;
  readonly command?: unknown;
  readonly password?: unknown;
}

function parse(frame: string): Request | undefined {
  try {
    const value: unknown = JSON.parse(frame);
    return typeof value === 'object' && value !== null ? value : undefined;
  } catch {
    return undefined; // The connection answers bad_json.
  }
}

function refusal(id: number, code: ErrorCode, message: string = errorTable[code].message): object {
  return { type: 'result', id, ok: false, code, message };
}

export function errorFrame(code: ErrorCode, message: string = errorTable[code].message): object {
  return { type: 'error', code, message };
}
