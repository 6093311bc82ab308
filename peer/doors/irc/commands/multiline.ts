/** A text of several lines as one message (IRCv3 draft/multiline). */
import { MESSAGE_MAX } from '../../../../protocol/limits.js';
import type { Call } from '../call.js';
import { MULTILINE_LINES } from '../capabilities.js';
import type { OpenBatch } from '../context.js';
import { post } from '../posting.js';
import { plain } from '../text.js';
import type { Command } from './command.js';

export const multilineCommands: Readonly<Record<string, Command>> = {
  BATCH: { needs: 1, run: batch },
};

async function batch(call: Call): Promise<void> {
  const [name = '', type = '', target = ''] = call.line.params;
  const { session } = call;
  const ref = name.slice(1);
  if (name.startsWith('-')) {
    const open = openBatch(call, ref);
    if (!open) return invalid(call, 'No such batch is open.');
    session.multiline = undefined;
    return close(call, open);
  }
  if (!name.startsWith('+') || ref === '') return invalid(call, 'A batch begins with +name and ends with -name.');
  if (session.multiline) return invalid(call, 'Another batch is open: end it first.');
  if (type !== 'draft/multiline' || !session.caps.has('draft/multiline') || target === '')
    return call.fail(
      'UNKNOWN_TYPE',
      [ref, type],
      'Only batches of draft/multiline with a target are taken, from who asked for that.',
    );
  const replyTo = call.line.tags['+draft/reply'] ?? call.line.tags['+reply'];
  session.multiline = { ref, target, call, replyTo, text: '', lines: 0, command: undefined, refused: false };
  call.hold();
}

function openBatch({ session: { multiline } }: Call, ref: string | undefined): OpenBatch | undefined {
  return multiline?.ref === ref ? multiline : undefined;
}

/** A line that is a part of a batch. */
export function addLine(call: Call): void {
  const { tags, params, command } = call.line;
  const open = openBatch(call, tags['batch']);
  if (!open) return invalid(call, 'No such batch is open.');
  if (open.refused) return;
  const wrong = problem(open, call);
  if (wrong) {
    open.refused = true;
    return call.send(call.session.standardReply('FAIL', 'BATCH', ...wrong));
  }
  const [, text = ''] = params;
  const joins = tags['draft/multiline-concat'] !== undefined;
  open.text += open.lines === 0 || joins ? text : `\n${text}`;
  open.lines += 1;
  open.command = command;
}

function problem(open: OpenBatch, { line }: Call): [code: string, context: string[], text: string] | undefined {
  const { params, command, tags } = line;
  const [target = '', text = ''] = params;
  const code = 'MULTILINE_INVALID';
  if (command !== 'PRIVMSG' && command !== 'NOTICE')
    return [code, [], 'Only PRIVMSG and NOTICE stand in such a batch.'];
  if (open.command !== undefined && open.command !== command)
    return [code, [], 'All lines of a batch are of one command.'];
  if (target.toLowerCase() !== open.target.toLowerCase())
    return ['MULTILINE_INVALID_TARGET', [open.target, target], 'All lines of a batch go to its target.'];
  if (text === '' && tags['draft/multiline-concat'] !== undefined)
    return [code, [], 'A line that joins must have a text.'];
  if (open.lines >= MULTILINE_LINES)
    return ['MULTILINE_MAX_LINES', [String(MULTILINE_LINES)], 'That message has too many lines.'];
  if (Buffer.byteLength(open.text) + Buffer.byteLength(text) + 1 > MESSAGE_MAX)
    return ['MULTILINE_MAX_BYTES', [String(MESSAGE_MAX)], 'That message is too long. Send it as a file.'];
  return undefined;
}

async function close(call: Call, open: OpenBatch): Promise<void> {
  const opener = open.call;
  try {
    const notice = open.command === 'NOTICE';
    const text = plain(open.text);
    if (open.refused) return;
    if (text.trim() === '')
      return opener.send(
        opener.session.standardReply('FAIL', 'BATCH', 'MULTILINE_INVALID', [], 'There is no text in it.'),
      );
    if (notice) opener.quieten();
    await post(opener, open.target, { text, action: false, notice, replyTo: open.replyTo });
  } finally {
    opener.release();
    call.finish();
  }
}

function invalid(call: Call, text: string): void {
  call.send(call.session.standardReply('FAIL', 'BATCH', 'MULTILINE_INVALID', [], text));
}
