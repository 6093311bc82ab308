/** What a client says, as `message.post`. */
import { actionMessage } from '../../../protocol/action.js';
import { isParleyError } from '../../../protocol/errors.js';
import { userKey, type ConversationId } from '../../../protocol/ids.js';
import type { Asking } from './context.js';
import { conversationOfTarget, userOfNick } from './names.js';
import { ERR, RPL } from './numerics.js';
import { absenceOf } from './roster.js';

export interface Post {
  /** Plain, of one line or several. */
  readonly text: string;
  readonly action: boolean;
  readonly notice: boolean;
  /** The id of the message that it answers. */
  readonly replyTo: string | undefined;
}

/** Posts it, or tells the client why not. An echo is an answer to the call. */
export async function post(call: Asking, target: string, content: Post): Promise<void> {
  const { me } = call;
  const conversation = conversationOfTarget(target, me.username);
  if (!conversation) {
    const code = target.startsWith('#') ? ERR.noSuchChannel : ERR.noSuchNick;
    return call.numeric(code, target.slice(0, 64), 'There is no such channel or user.');
  }
  try {
    const id = await write(call, conversation, content);
    await noteUse(call, conversation, id);
    if (!content.notice) tellAway(call, target);
  } catch (error) {
    call.refuse(error, {
      unknown_user: [ERR.noSuchNick, target],
      user_unchecked: [ERR.noSuchNick, target],
      not_member: [ERR.cannotSendToChannel, target],
      channel_archived: [ERR.cannotSendToChannel, target],
      channel_deleted: [ERR.cannotSendToChannel, target],
    });
  }
}

/** @returns the id of the message */
async function write(
  call: Asking,
  conversation: ConversationId,
  { text, action, notice, replyTo }: Post,
): Promise<string> {
  const { me } = call;
  const answered = await answeredBy(call, conversation, replyTo);
  const message = action ? actionMessage(text) : text;
  const data = { ...(action ? { action: true } : {}), ...(notice ? { notice: true } : {}) };
  const client = call.session.ports.mark();
  const args = { conversation, message, client, data, ...(answered === undefined ? {} : { replyTo: answered }) };
  const { entry } = await me.expecting(
    call,
    (_entry, mark) => mark === client,
    () => me.run('message.post', args),
  );
  return entry.id;
}

/** An answer to a message that is not here, or not there, is a message all the same: it is the text that was meant. */
async function answeredBy(
  { me }: Asking,
  conversation: ConversationId,
  id: string | undefined,
): Promise<string | undefined> {
  if (id === undefined) return undefined;
  try {
    const { entry } = await me.run('history.entry', { entry: id });
    return entry.deleted || entry.conversation !== conversation ? undefined : entry.id;
  } catch (error) {
    if (isParleyError(error)) return undefined;
    throw error;
  }
}

/** Who writes is there, and has read what stands before, unless the client says by itself how far. */
async function noteUse({ me }: Asking, conversation: ConversationId, upTo: string): Promise<void> {
  await me.run('presence.active', { active: true });
  if (!me.session.caps.has('draft/read-marker')) await me.run('conversation.read', { conversation, upTo });
}

function tellAway(call: Asking, target: string): void {
  const user = userOfNick(target);
  const person = user && call.me.person(userKey(user));
  if (!person || call.me.isSelf(person.username)) return;
  const absence = absenceOf(person);
  if (absence !== undefined) call.numeric(RPL.away, target, absence);
}
