/**
 * Lines that are sent in their order, each once: acknowledged by the daemon when it is durable there. Some are on their way at
 * a time, so that they share its commits; what a daemon that ended has not acknowledged is sent again under the same mark.
 */
import { randomUUID } from 'node:crypto';
import { LineSplitter } from '../../protocol/lines.js';
import { ParleyError, isParleyError } from '../../protocol/errors.js';
import { MESSAGE_MAX } from '../../protocol/limits.js';
import type { EntryView } from '../../protocol/local-api.js';
import { isSeenMessage } from '../../protocol/visible.js';
import type { PeerSocket } from '../process/peer-socket.js';

/** On their way at once. */
const WINDOW = 100;

export interface SentLine {
  /** From 1, blank lines among them not counted. */
  readonly number: number;
  readonly entry: EntryView;
}

type Answer =
  | { readonly entry: EntryView }
  | { readonly refused: ParleyError }
  /** The daemon has ended before it answered. */
  | { readonly lost: true };

interface OnItsWay {
  readonly number: number;
  readonly message: string;
  readonly client: string;
  answer: Promise<Answer>;
}

export interface LinesToSend {
  readonly conversation: string;
  /** The daemon, or its next run. Rejects when it has been away for too long. */
  readonly socket: () => Promise<PeerSocket>;
  readonly lines: AsyncIterable<string> | Iterable<string>;
  readonly sent: (line: SentLine) => void | Promise<void>;
}

/** @returns how many were sent. @throws (rejects with) ParleyError saying which one was refused, and which others are sent */
export async function sendLines({ lines, sent, ...way }: LinesToSend): Promise<number> {
  const queue = new Queue(way, sent);
  try {
    for await (const message of lines) {
      if (!isSeenMessage(message)) continue;
      // Who is named may have to be looked for, and meanwhile others would pass.
      const alone = message.includes('@');
      await queue.settle(alone ? 0 : WINDOW - 1);
      queue.add(message);
      if (alone) await queue.settle(0);
    }
  } catch (error) {
    // Where no more lines can be read, those before are sent all the same.
    await queue.settle(0);
    throw error;
  }
  await queue.settle(0);
  return queue.count;
}

class Queue {
  count = 0;
  private readonly waiting: OnItsWay[] = [];
  /** Some were lost: nothing more is sent before them. */
  private broken = false;

  constructor(
    private readonly way: Pick<LinesToSend, 'conversation' | 'socket'>,
    private readonly sent: LinesToSend['sent'],
  ) {}

  add(message: string): void {
    const line = { number: ++this.count, message, client: randomUUID() };
    this.waiting.push({ ...line, answer: this.post(line) });
  }

  /** Resolves when at most so many are on their way. */
  async settle(most: number): Promise<void> {
    for (let first = this.waiting[0]; first && this.waiting.length > most; first = this.waiting[0]) {
      const answer = await first.answer;
      if ('refused' in answer) throw await this.refused(first.number, answer.refused);
      if ('lost' in answer) {
        // All of them, in order: those that are there already answer as they did.
        this.broken = false;
        for (const line of this.waiting) line.answer = this.post(line);
      } else {
        this.waiting.shift();
        await this.sent({ number: first.number, entry: answer.entry });
      }
    }
  }

  /** Those that were on their way with it are told, too: nobody needs to guess what was sent. */
  private async refused(number: number, { code, message }: ParleyError): Promise<ParleyError> {
    const after = this.waiting.splice(0).slice(1);
    const numbers: number[] = [];
    let unknown = false;
    for (const line of after) {
      const answer = await line.answer;
      if ('entry' in answer) {
        numbers.push(line.number);
        await this.sent({ number: line.number, entry: answer.entry });
      }
      unknown ||= 'lost' in answer;
    }
    const before = number > 1 ? ` Those before it are sent.` : '';
    const more = numbers.length > 0 ? ` Sent are also: ${ranges(numbers)}.` : '';
    const doubt = unknown ? ' The peer ended: some after it may be sent, look before you send again.' : '';
    return new ParleyError(code, `Message ${number} was not sent: ${message}${before}${more}${doubt}`);
  }

  private async post({ message, client }: Pick<OnItsWay, 'message' | 'client'>): Promise<Answer> {
    const { conversation, socket } = this.way;
    try {
      const peer = await socket();
      if (this.broken) return { lost: true };
      return await peer.run('message.post', { conversation, message, client }).catch(async (error: unknown) => {
        if (!isParleyError(error) || error.code !== 'unavailable') throw error;
        this.broken = true;
        // One that is about to end answers so, too.
        peer.close();
        await peer.closed;
        return { lost: true };
      });
    } catch (error) {
      return { refused: isParleyError(error) ? error : new ParleyError('internal', String(error)) };
    }
  }
}

/** `3–5, 9` of rising numbers. */
function ranges(numbers: readonly number[]): string {
  const found: { from: number; to: number }[] = [];
  for (const number of numbers) {
    const last = found.at(-1);
    if (last?.to === number - 1) last.to = number;
    else found.push({ from: number, to: number });
  }
  return found.map(({ from, to }) => (from === to ? String(from) : `${from}–${to}`)).join(', ');
}

/** The lines of a stream of bytes, blank ones left out. @throws (rejects with) ParleyError bad_request */
export async function* linesOf(input: AsyncIterable<Uint8Array>): AsyncGenerator<string, void, undefined> {
  const splitter = new LineSplitter(MESSAGE_MAX);
  const end = Buffer.from('\n');
  try {
    for await (const chunk of input) yield* splitter.push(chunk);
    yield* splitter.push(end);
  } catch (error) {
    throw isParleyError(error) ? unusable(error.code === 'line_too_long', ' What stood before it is sent.') : error;
  }
}

/** The whole of a stream as one text. @throws (rejects with) ParleyError bad_request */
export async function wholeOf(input: AsyncIterable<Uint8Array>): Promise<string> {
  const chunks: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of input) {
    length += chunk.length;
    // The line end after it is not sent.
    if (length > MESSAGE_MAX + 1) throw unusable(true);
    chunks.push(chunk);
  }
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(Buffer.concat(chunks)).trimEnd();
  } catch {
    throw unusable(false);
  }
}

function unusable(long: boolean, before = ''): ParleyError {
  const what = long ? `A message is longer than ${MESSAGE_MAX} bytes.` : 'What came in is no text in UTF-8.';
  return new ParleyError('bad_request', `${what}${before} Send it as a file, with --file.`);
}
