/** `{"id":7,"command":"message.post",…}` → `{"type":"result","id":7,"ok":true,…}` (section 8). */
import { errorTable, type ErrorCode } from '../../protocol/errors.js';
import { runCommand } from '../commands/run.js';
import type { Caller } from './caller.js';
import type { Door } from './door.js';
import { failed } from './failures.js';

const COMMAND_NAME_MAX = 64;

export function jsonCommand(frame: string, caller: Caller, door: Door): void {
  const request = parse(frame);
  if (!request) return caller.tell(errorFrame('bad_json'));
  const { id, command } = request;
  if (typeof id !== 'number' || !Number.isSafeInteger(id) || id < 0) {
    return caller.tell(errorFrame('bad_request', 'id must be an integer, 0 or more: the result bears it.'));
  }
  if (typeof command !== 'string' || command.length > COMMAND_NAME_MAX) {
    return caller.tell(refusal(id, 'bad_request', 'command must be the name of a command.'));
  }
  if (command === 'session.login') return caller.track(sessionLogin(id, request, caller, door));
  if (!caller.authorised) return caller.tell(refusal(id, 'not_signed_in'));
  caller.speaks('events');
  caller.track(answer(id, caller, door, run(command, request, caller, door)));
}

/** A password is a password, by whichever command: it counts as an attempt. */
function run(command: string, args: object, caller: Caller, door: Door): Promise<object> {
  if (command !== 'tracker.login') return runCommand(door.services, command, args);
  return door.attempts.run(caller.address, () => runCommand(door.services, command, args));
}

async function sessionLogin(id: number, { password }: Request, caller: Caller, door: Door): Promise<void> {
  if (typeof password !== 'string')
    return caller.tell(refusal(id, 'bad_request', 'session.login: password must be string.'));
  const done = caller.login(password).then(() => ({}));
  await answer(id, caller, door, done);
  caller.speaks('events');
}

function answer(id: number, caller: Caller, { services }: Door, work: Promise<object>): Promise<void> {
  return work.then(
    (result) => caller.tellText(resultText(id, result)),
    (error: unknown) => {
      const { code, message } = failed(error, services.log);
      caller.tell({ type: 'result', id, ok: false, code, message });
    },
  );
}

/** As `{type, id, ok, ...result}` would be written, without the copy. */
function resultText(id: number, result: object): string {
  const fields = JSON.stringify(result).slice(1);
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
    return undefined; // The caller answers bad_json.
  }
}

function refusal(id: number, code: ErrorCode, message: string = errorTable[code].message): object {
  return { type: 'result', id, ok: false, code, message };
}

export function errorFrame(code: ErrorCode, message: string = errorTable[code].message): object {
  return { type: 'error', code, message };
}
