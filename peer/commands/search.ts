/** Full-text search over the history. */
import {
  channelConversation,
  directConversation,
  parseChannelName,
  parseUsername,
  sameUser,
  userKey,
  type ConversationId,
  type UserKey,
  type Username,
} from '../../protocol/ids.js';
import { parseSearch, type DayStart, type SearchText } from '../../protocol/search-query.js';
import type { PeerServices } from '../services.js';
import { channelNamed, entryArgument } from './arguments.js';
import type { CommandsOf } from './command.js';
import { entryViews } from './entry-view.js';

const DEFAULT_LIMIT = 50;
/** Of the names behind `from:`, and behind `in:`, so many are asked for. */
const NAMES_MAX = 5;

/** Days are those of this machine, as the browser beside it shows them. */
const dayStart: DayStart = (year, month, day) => new Date(year, month - 1, day).getTime();

export const searchCommands: CommandsOf<'search'> = {
  /** Newest first, in conversations that the user is in. @throws bad_request, not_found */
  search: async (services, { query, limit = DEFAULT_LIMIT, ...args }) => {
    const text = parseSearch(query, dayStart);
    const { words, terms, problems, file, link, since, until } = text;
    const after = args.after === undefined ? undefined : entryArgument('after', args.after);
    const asked = words.length > 0 || file || link || since !== undefined || until !== undefined;
    if (!asked && text.from.length + text.in.length === 0) {
      if (problems.length === 0) problems.push('Write a word to look for, of letters or digits.');
      return { entries: [], terms, more: false, problems };
    }
    const checking = problemsOfNames(services, text);
    const found = await services.history.search({
      ...{ words, file, link, after, limit },
      ...{ from: since, to: until },
      users: users(services, text),
      conversations: conversations(services, text),
    });
    const { more, behind } = found;
    problems.push(...(await checking));
    return { entries: entryViews(services, found.entries), terms, more, problems, ...(behind ? { behind } : {}) };
  },
};

/**
 * Undefined for all. `me` is whoever asks, and the user of that name as well, should there be one: nobody can be unfindable for
 * what they are called. `@me` is that user alone.
 */
function users({ account }: PeerServices, { from, problems }: SearchText): UserKey[] | undefined {
  if (from.length === 0) return undefined;
  return from.flatMap((typed) => {
    const name = parseUsername(typed.replace(/^@/, ''));
    if (name === undefined) problems.push(`${typed} is no name of a user. Write it like from:bob.`);
    const names = isMe(typed) ? [account.username, name] : [name];
    return names.flatMap((each) => (each === undefined ? [] : [userKey(each)]));
  });
}

function isMe(typed: string): boolean {
  return typed.toLowerCase() === 'me';
}

/** Those that the user is in, as far as they are asked for. */
function conversations(services: PeerServices, { in: places, problems }: SearchText): ConversationId[] {
  const joined = services.conversations.list().map(({ id }) => id as ConversationId);
  if (places.length === 0) return joined;
  return places.flatMap((typed) => {
    const id = conversationOf(services, typed, joined);
    if (id === undefined && userIn(typed) === undefined) problems.push(noConversation(typed));
    return id === undefined ? [] : [id];
  });
}

function noConversation(typed: string): string {
  return `You are in no conversation ${typed}. Write it like in:#general or in:@bob.`;
}

/** The user whom `in:` names, as far as it can be no channel. */
function userIn(typed: string): Username | undefined {
  return typed.startsWith('@') ? parseUsername(typed.slice(1)) : undefined;
}

/**
 * What is to be told of the users whom a search names: that nobody is called so, as the tracker says of those who are not known
 * here, or why nothing of theirs can be found.
 */
async function problemsOfNames(services: PeerServices, { from, in: places }: SearchText): Promise<string[]> {
  const authors = from.filter((typed) => !isMe(typed)).map((typed) => parseUsername(typed.replace(/^@/, '')));
  const open = new Set(services.conversations.list().map(({ id }) => id));
  const others = places.flatMap((typed) => {
    const name = userIn(typed);
    return name === undefined || open.has(directConversation(services.account.username, name)) ? [] : [{ typed, name }];
  });
  const problems = await Promise.all([
    ...authors.slice(0, NAMES_MAX).map((name) => name && problemOf(services, name)),
    ...others
      .slice(0, NAMES_MAX)
      .map(async ({ typed, name }) => (await problemOf(services, name)) ?? noConversation(typed)),
  ]);
  return [...new Set(problems.flatMap((problem) => problem ?? []))];
}

async function problemOf({ account, people }: PeerServices, name: Username): Promise<string | undefined> {
  if (sameUser(name, account.username)) return undefined;
  if (people.hides(name)) return `You have blocked ${name}. Unblock them to find what they wrote.`;
  return people.missing(name);
}

function conversationOf(
  services: PeerServices,
  typed: string,
  joined: readonly ConversationId[],
): ConversationId | undefined {
  const { account } = services;
  const name = typed.replace(/^[#@]/, '');
  const written = parseChannelName(name.toLowerCase());
  const channel = written && channelNamed(services, written);
  const user = parseUsername(name);
  const meant = [
    ...(channel && !typed.startsWith('@') ? [channelConversation(channel)] : []),
    ...(isMe(typed) ? [directConversation(account.username, account.username)] : []),
    ...(user && !typed.startsWith('#') ? [directConversation(account.username, user)] : []),
  ];
  return meant.find((id) => joined.includes(id));
}
