/** What a command is, and how arguments that do not fit their schema are refused. */
import { ParleyError } from '../../protocol/errors.js';
import type { CommandArguments, CommandName, CommandResults } from '../../protocol/local-api.js';
import type { PeerServices } from '../services.js';

/**
 * One command: arguments that passed their schema in, result out, `ParleyError` for what the caller did wrong. It does no
 * I/O of its own, so that every way in (browser, terminal, gRPC, bots) runs the same one.
 */
export type Command<Name extends CommandName> = (
  services: PeerServices,
  args: CommandArguments<Name>,
) => Promise<CommandResults[Name]>;

/** The handlers of one noun, or several, by their names on the wire: `message.post`, `message.edit` … None may be missing. */
export type CommandsOf<Noun extends string> = {
  readonly [Name in Extract<CommandName, Noun | `${Noun}.${string}`>]: Command<Name>;
};

interface SchemaError {
  readonly instancePath: string;
  readonly message: string;
}

/** `{instancePath: '/limit', message: 'must be integer'}` → `history.page: limit must be integer.` */
export function badRequest(what: string, error: SchemaError | undefined): ParleyError {
  const field = error?.instancePath.slice(1).replaceAll('/', '.');
  return new ParleyError('bad_request', `${what}: ${field ? `${field} ` : ''}${error?.message ?? 'not valid'}.`);
}
