/** A line that a client sends → what it asks for (SPEC.md section 9). JSON objects are requests; all else is typed by people. */
import Type, { type Static } from 'typebox';
import { Compile } from 'typebox/compile';
import { ParleyError } from '../../../protocol/errors.js';
import { passwordAndCode } from '../../../protocol/invite-code.js';
import { HISTORY_PAGE_MAX, INVITE_MAX } from '../../../protocol/limits.js';

const Name = Type.String({ minLength: 1, maxLength: 64 });
const Text = Type.String({ minLength: 1, maxLength: 4096 });

const schemas = {
  register: Type.Object({
    type: Type.Literal('register'),
    user_id: Name,
    password: Type.Optional(Text),
    /** The code of one, where accounts are made by invite. */
    invite: Type.Optional(Type.String({ maxLength: INVITE_MAX })),
  }),
  chat: Type.Object({
    type: Type.Literal('chat'),
    text: Text,
    channel: Type.Optional(Name),
    /** It tells what its author does. */
    action: Type.Optional(Type.Boolean()),
  }),
  pm: Type.Object({ type: Type.Literal('pm'), to: Name, text: Text }),
  list: Type.Object({ type: Type.Literal('list') }),
  /** Of a channel, or with somebody; else of the current channel. */
  history: Type.Object({
    type: Type.Literal('history'),
    channel: Type.Optional(Name),
    with: Type.Optional(Name),
    limit: Type.Optional(Type.Integer({ minimum: 1, maximum: HISTORY_PAGE_MAX })),
  }),
  join: Type.Object({ type: Type.Literal('join'), channel: Name }),
  leave: Type.Object({ type: Type.Literal('leave'), channel: Type.Optional(Name) }),
  help: Type.Object({ type: Type.Literal('help') }),
  quit: Type.Object({ type: Type.Literal('quit') }),
};

export type LineRequest = { [Name in keyof typeof schemas]: Static<(typeof schemas)[Name]> }[keyof typeof schemas];

interface Checker {
  Check(value: unknown): boolean;
  Errors(value: unknown): { instancePath: string; message: string }[];
}

const checkers = new Map<string, Checker>(Object.entries(schemas).map(([name, schema]) => [name, Compile(schema)]));

export const HELP = [
  'text                        says it in the current channel',
  '@name text                  says it to that user alone',
  '/me text                    says what you do',
  '/join channel               goes there, and makes it where there is none',
  '/leave [channel]            leaves it',
  '/list                       who is online',
  '/history [channel] [count]  what was said last; /history @name for a private conversation',
  '/register name password     signs in, or makes the account, with the code of an invite behind it where one is needed;',
  '                            without a password: comes as a guest',
  '/quit                       ends the connection',
  '//text                      says a text that begins with /',
  'or one JSON object a line, for example {"type":"chat","channel":"general","text":"hi"}',
] as const;

/** @throws ParleyError bad_request, unknown_command */
export function readRequest(line: string): LineRequest {
  const object = objectIn(line);
  if (object) return fromJson(object);
  if (line.startsWith('//')) return { type: 'chat', text: line.slice(1) };
  if (line.startsWith('/')) return fromCommand(line);
  const pm = /^@([^\s@]+)\s+(.+)$/s.exec(line);
  if (pm) return { type: 'pm', to: pm[1] ?? '', text: pm[2] ?? '' };
  return { type: 'chat', text: line };
}

function objectIn(line: string): object | undefined {
  if (!line.trimStart().startsWith('{')) return undefined;
  try {
    const value: unknown = JSON.parse(line);
    return typeof value === 'object' && value !== null ? value : undefined;
  } catch {
    return undefined; // Somebody writes with a brace.
  }
}

function fromJson(object: object): LineRequest {
  const type = 'type' in object ? object.type : undefined;
  const checker = typeof type === 'string' ? checkers.get(type) : undefined;
  if (!checker) {
    const known = [...checkers.keys()].join(', ');
    throw new ParleyError('unknown_command', `A request has one of these as its "type": ${known}. Or send /help.`);
  }
  if (checker.Check(object)) return object as LineRequest;
  const error = checker.Errors(object)[0];
  const field = error?.instancePath.slice(1);
  throw new ParleyError('bad_request', `${String(type)}: ${field ? `${field} ` : ''}${error?.message ?? 'not valid'}.`);
}

function fromCommand(line: string): LineRequest {
  const [name = '', first, second, ...more] = line.trim().split(/\s+/);
  switch (name) {
    case '/help':
      return { type: 'help' };
    case '/quit':
      return { type: 'quit' };
    case '/list':
      return { type: 'list' };
    case '/me':
      return fromJson({ type: 'chat', text: line.trim().slice(name.length).trim(), action: true });
    case '/join':
      return fromJson({ type: 'join', channel: first ?? '' });
    case '/leave':
      return first === undefined ? { type: 'leave' } : fromJson({ type: 'leave', channel: first });
    case '/history':
      return history(first, second);
    case '/register':
      return register(first, [second, ...more]);
    default:
      throw new ParleyError('unknown_command', `There is no ${name.slice(0, 40)}. Send /help for what there is.`);
  }
}

function history(first: string | undefined, second: string | undefined): LineRequest {
  const isCount = first !== undefined && second === undefined && /^\d{1,4}$/.test(first);
  const [where, count] = isCount ? [undefined, first] : [first, second];
  const place = where === undefined ? {} : where.startsWith('@') ? { with: where } : { channel: where };
  return fromJson({ type: 'history', ...place, ...(count === undefined ? {} : { limit: Number(count) }) });
}

function register(name: string | undefined, words: readonly (string | undefined)[]): LineRequest {
  const password = words.filter((word) => word !== undefined).join(' ');
  return fromJson({ type: 'register', user_id: name ?? '', ...(password === '' ? {} : passwordAndCode(password)) });
}
