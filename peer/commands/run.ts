import { isParleyError, ParleyError } from '../../protocol/errors.js';
import type { Username } from '../../protocol/ids.js';
import { holdsStorableText } from '../../protocol/text.js';
import type { CommandArguments, CommandName, CommandResults } from '../../protocol/local-api.js';
import type { PeerServices } from '../services.js';
import { strangerIn } from './arguments.js';
import { badRequest } from './bad-request.js';
import { commandTable, isCommandName, type CommandRow } from './table.js';

/** No argument is deeper. What becomes an entry is left to `checkContent`, which knows what entries can hold. */
const ARGUMENTS_DEPTH = 8;

function isStorableArgument([name, value]: [string, unknown]): boolean {
  return name === 'message' || name === 'data' || holdsStorableText(value, ARGUMENTS_DEPTH);
}

/**
 * Runs a command of any door. `args` is whatever came off its wire; fields that the schema does not know are ignored.
 * Everything up to the command's own first await happens before this returns.
 * @throws (rejects with) unknown_command, bad_text for what no storage gives back, bad_request naming the field, and what the command throws
 */
export function runCommand<Name extends CommandName>(
  services: PeerServices,
  name: Name,
  args: unknown,
): Promise<CommandResults[Name]>;
export function runCommand(services: PeerServices, name: string, args: unknown): Promise<CommandResults[CommandName]>;
export function runCommand(services: PeerServices, name: string, args: unknown): Promise<CommandResults[CommandName]> {
  if (!isCommandName(name)) return Promise.reject(new ParleyError('unknown_command'));
  return runRow(services, name, commandTable[name], args);
}

function runRow<Name extends CommandName>(
  services: PeerServices,
  name: Name,
  { schema, run }: CommandRow<Name>,
  args: unknown,
): Promise<CommandResults[Name]> {
  if (!schema.Check(args)) return Promise.reject(badRequest(name, schema.Errors(args)[0]));
  if (!Object.entries(args as object).every(isStorableArgument)) return Promise.reject(new ParleyError('bad_text'));
  const stranger = strangerIn(services, args as object);
  if (stranger === undefined) return run(services, args as CommandArguments<Name>);
  return meet(services, name, stranger).then(() => run(services, args as CommandArguments<Name>));
}

/** Whoever is named is found, wherever a command names them. @throws unknown_user, user_unchecked, rate_limited */
async function meet({ people }: PeerServices, name: CommandName, stranger: Username): Promise<void> {
  try {
    await people.find(stranger);
  } catch (error) {
    // Whose peer is there, its certificate says: with the tracker away as well.
    if (name !== 'peer.connect' || !isParleyError(error) || error.code === 'unknown_user') throw error;
  }
}
