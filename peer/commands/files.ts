/** Files: to send one whose bytes are here, to fetch those of others, and what of them lies here. */
import { checkContent } from '../../protocol/entry.js';
import { ParleyError } from '../../protocol/errors.js';
import { isFileName, type FileFacts } from '../../protocol/file-facts.js';
import { THUMBNAIL_MAX } from '../../protocol/files.js';
import type { PostRequest, TakenFile } from '../services.js';
import { conversationArgument, entryArgument } from './arguments.js';
import type { CommandsOf } from './command.js';
import { viewNow } from './entry-view.js';
import { answerTo, callOf, withMentions } from './messages.js';

const DEFAULT_LIMIT = 50;

export const fileCommands: CommandsOf<'file'> = {
  /** @throws bad_request, not_member, unknown_user, not_found, file_not_here, bad_entry, too_large, and what the writer refuses with */
  'file.post': async (services, args) => {
    const { sha256, name, mime, message = '', replyTo, client, call: wanted, conversation: _, ...looks } = args;
    const conversation = conversationArgument(services, args.conversation);
    const taken = await services.files.taken(sha256, mime);
    if (!taken) throw new ParleyError('file_not_here', 'The bytes of that file are not here. Send them again.');
    if (!isFileName(name))
      throw new ParleyError('bad_request', 'name is longer than 255 bytes. Give the file a shorter name.');
    if (Buffer.byteLength(looks.thumbnail ?? '', 'base64') > THUMBNAIL_MAX)
      throw new ParleyError('bad_request', 'thumbnail has more than 16 KiB. Send a smaller one, or none.');
    const answered = answerTo(services, conversation, replyTo);
    const finding = services.people.named(message);
    if (finding) await finding;
    const facts = { ...looks, ...factsOf(taken, name, mime) };
    const call = callOf(services, { message, call: wanted }, conversation);
    const data = withMentions(services, message, { ...facts, ...answered }, call);
    checkContent('file', message, data);
    const post: PostRequest = { conversation, kind: 'file', message, data };
    const entry = await services.writer.append(client === undefined ? post : { ...post, client });
    const view = viewNow(services, entry);
    if (client !== undefined) view.client = client;
    return { entry: view };
  },

  /** @throws bad_request, not_member, unknown_user, not_found */
  'file.fetch': async (services, { sha256, relayed, ...args }) => {
    const conversation =
      args.conversation === undefined ? undefined : conversationArgument(services, args.conversation);
    await services.files.fetch(sha256, conversation, relayed);
    return {};
  },

  /** @throws not_found */
  'file.pause': async ({ files }, { sha256 }) => {
    await files.pause(sha256);
    return {};
  },

  /** @throws not_found */
  'file.cancel': async ({ files }, { sha256 }) => {
    await files.cancel(sha256);
    return {};
  },

  /** @throws bad_request, not_member, unknown_user */
  'file.list': async (services, { kind, limit = DEFAULT_LIMIT, ...args }) =>
    services.files.list({
      conversation: args.conversation === undefined ? undefined : conversationArgument(services, args.conversation),
      before: args.before === undefined ? undefined : entryArgument('before', args.before),
      kind,
      limit,
    }),

  'file.usage': ({ files }) => files.usage(),

  /** @throws bad_request, not_member, unknown_user, not_found */
  'file.clean': async (services, { sha256, elsewhere, ...args }) => {
    if ([sha256, elsewhere, args.conversation].filter((one) => one !== undefined).length > 1)
      throw new ParleyError('bad_request', 'Give one of conversation, sha256 and elsewhere, not several.');
    if (sha256 !== undefined) return { freed: await services.files.clean({ sha256 }) };
    if (elsewhere !== undefined) return { freed: await services.files.clean({ elsewhere }) };
    if (args.conversation === undefined) return { freed: await services.files.clean({}) };
    const conversation = conversationArgument(services, args.conversation);
    return { freed: await services.files.clean({ conversation }) };
  },

  /** @throws not_found */
  'file.pin': async ({ files }, { sha256, on }) => {
    files.pin(sha256, on);
    return {};
  },
};

/** What the bytes are is said by themselves where they may be shown; else what the sender calls them. */
function factsOf({ sha256, size, chunks, mime }: TakenFile, name: string, claimed: string | undefined): FileFacts {
  const unknown = mime === 'application/octet-stream';
  return { name, size, mime: unknown ? (claimed ?? mime) : mime, sha256, chunks };
}
