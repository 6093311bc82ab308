import { isRow } from '../../protocol/entry-kinds.js';
import type { Entry } from '../../protocol/entry.js';
import { ParleyError } from '../../protocol/errors.js';
import { relationOf } from '../../protocol/relations.js';
import type { PeerServices } from '../services.js';
import { conversationArgument, entryArgument } from './arguments.js';
import type { Command } from './command.js';
import { viewNow } from './target.js';

/** An edit, a deletion or a reaction answers with what it is about. @throws bad_request, not_found, not_member, unknown_user */
export const historyEntry: Command<'history.entry'> = async (services, args) => {
  const found = services.history.entry(entryArgument('entry', args.entry));
  const entry = found && row(services, found);
  if (!entry) throw new ParleyError('not_found', 'That message is not here. Perhaps it has not come yet.');
  conversationArgument(services, entry.conversation);
  return { entry: viewNow(services, entry) };
};

function row({ history }: PeerServices, found: Entry): Entry | undefined {
  if (isRow(found)) return found;
  const relation = relationOf(found);
  const target = relation && history.entry(relation.target);
  return target?.conversation === found.conversation && isRow(target) ? target : undefined;
}
