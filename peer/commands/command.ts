import type { CommandArguments, CommandName, CommandResults } from '../../protocol/local-api.js';
import type { PeerServices } from '../services.js';

/**
 * One command: arguments that passed their schema in, result out, `ParleyError` for what the caller did wrong. It does no
 * I/O of its own, so that every door (browser, terminal, gRPC, bots) runs the same one.
 */
export type Command<Name extends CommandName> = (
  services: PeerServices,
  args: CommandArguments<Name>,
) => Promise<CommandResults[Name]>;
