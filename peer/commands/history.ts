/** Reading the history: a page of a conversation, and one entry. */
import { isRow } from '../../protocol/entry-kinds.js';
import type { Entry } from '../../protocol/entry.js';
import { ParleyError } from '../../protocol/errors.js';
import { relationOf } from '../../protocol/relations.js';
import type { HistoryPlace, PeerServices } from '../services.js';
import { conversationArgument, entryArgument } from './arguments.js';
import type { CommandsOf } from './command.js';
import { entryViews, viewNow } from './entry-view.js';

const DEFAULT_LIMIT = 50;

export const historyCommands: CommandsOf<'history'> = {
  /** Oldest first; `since`: in the order of arrival. @throws bad_request, not_member, unknown_user, not_found */
  'history.page': async (services, { limit = DEFAULT_LIMIT, ...args }) => {
    const conversation = conversationArgument(services, args.conversation);
    const { entries, more, newer } = services.history.page(conversation, place(args), limit);
    const anchor = args.before === undefined ? undefined : services.history.entry(entryArgument('before', args.before));
    services.people.watch([...new Set(entries.map(({ from }) => from))]);
    // So that a window which has not heard yet that it was moved does not join the page to where it stood.
    const stands = anchor ? { place: anchor.at ?? anchor.time } : {};
    return { entries: entryViews(services, entries), more, newer, ...stands };
  },

  /** An edit, a deletion or a reaction answers with what it is about. @throws bad_request, not_found, not_member, unknown_user */
  'history.entry': async (services, args) => {
    const found = services.history.entry(entryArgument('entry', args.entry));
    const entry = found && row(services, found);
    if (!entry) throw new ParleyError('not_found', 'That message is not here. Perhaps it has not come yet.');
    conversationArgument(services, entry.conversation);
    return { entry: viewNow(services, entry) };
  },
};

interface PlaceArguments {
  readonly before?: string;
  readonly after?: string;
  readonly around?: string;
  readonly since?: string;
  readonly first?: true;
}

function place(args: PlaceArguments): HistoryPlace | undefined {
  const named: HistoryPlace[] = (['before', 'after', 'around', 'since'] as const).flatMap((name) => {
    const id = args[name];
    return id === undefined ? [] : [{ [name]: entryArgument(name, id) }];
  });
  if (args.first) named.push({ first: true });
  if (named.length > 1)
    throw new ParleyError('bad_request', 'Give one of before, after, around, since and first, not several.');
  return named[0];
}

function row({ history }: PeerServices, found: Entry): Entry | undefined {
  if (isRow(found)) return found;
  const relation = relationOf(found);
  const target = relation && history.entry(relation.target);
  return target?.conversation === found.conversation && isRow(target) ? target : undefined;
}
