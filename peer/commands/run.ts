/** Every command by its name on the wire, and the one way in which all of them are run. */
import { Compile } from 'typebox/compile';
import { isParleyError, ParleyError } from '../../protocol/errors.js';
import type { Username } from '../../protocol/ids.js';
import {
  commandSchemas,
  type CommandArguments,
  type CommandName,
  type CommandResults,
} from '../../protocol/local-api.js';
import { holdsStorableText } from '../../protocol/text.js';
import type { PeerServices } from '../services.js';
import { accountCommands } from './account.js';
import { strangerIn } from './arguments.js';
import { channelCommands } from './channels.js';
import { badRequest, type Command } from './command.js';
import { conversationCommands } from './conversations.js';
import { fileCommands } from './files.js';
import { hookCommands } from './hooks.js';
import { historyCommands } from './history.js';
import { messageCommands } from './messages.js';
import { peopleCommands } from './people.js';
import { searchCommands } from './search.js';

/** A command of the schemas without a handler, and the reverse, does not compile. */
export const commandHandlers: { readonly [Name in CommandName]: Command<Name> } = {
  ...accountCommands,
  ...channelCommands,
  ...conversationCommands,
  ...fileCommands,
  ...historyCommands,
  ...hookCommands,
  ...messageCommands,
  ...peopleCommands,
  ...searchCommands,
};

/** What is used of a compiled schema. */
interface CommandSchema {
  Check(value: unknown): boolean;
  Errors(value: unknown): { instancePath: string; message: string }[];
}

const schemas = new Map<CommandName, CommandSchema>(
  Object.entries(commandSchemas).map(([name, schema]) => [name as CommandName, Compile(schema)]),
);

/** No argument is deeper. What becomes an entry is left to `checkContent`, which knows what entries can hold. */
const ARGUMENTS_DEPTH = 8;

/**
 * Runs a command, whichever way it came in. `args` is whatever came off the wire; fields that the schema does not know are
 * ignored. Everything up to the command's own first await happens before this returns.
 * @throws (rejects with) unknown_command, bad_text for what no storage gives back, bad_request naming the field, and what the command throws
 */
export function runCommand<Name extends CommandName>(
  services: PeerServices,
  name: Name,
  args: unknown,
): Promise<CommandResults[Name]>;
export function runCommand(services: PeerServices, name: string, args: unknown): Promise<CommandResults[CommandName]>;
export function runCommand(services: PeerServices, name: string, args: unknown): Promise<CommandResults[CommandName]> {
  const schema = schemas.get(name as CommandName);
  if (!schema) return Promise.reject(new ParleyError('unknown_command'));
  return runChecked(services, name as CommandName, schema, args);
}

function runChecked<Name extends CommandName>(
  services: PeerServices,
  name: Name,
  schema: CommandSchema,
  args: unknown,
): Promise<CommandResults[Name]> {
  if (!schema.Check(args)) return Promise.reject(badRequest(name, schema.Errors(args)[0]));
  if (!holdsStorableArguments(args as Readonly<Record<string, unknown>>))
    return Promise.reject(new ParleyError('bad_text'));
  const run: Command<Name> = commandHandlers[name];
  const stranger = strangerIn(services, args as object);
  if (stranger === undefined) return run(services, args as CommandArguments<Name>);
  return meet(services, name, stranger).then(() => run(services, args as CommandArguments<Name>));
}

function holdsStorableArguments(args: Readonly<Record<string, unknown>>): boolean {
  return Object.keys(args).every(
    (name) => name === 'message' || name === 'data' || holdsStorableText(args[name], ARGUMENTS_DEPTH),
  );
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
