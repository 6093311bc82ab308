/**
 * How a hostile device deals with files: it says that it has everything, and then turns bits, lies about the list of hashes, refuses,
 * falls silent, answers something else or ends the connection in the middle. It asks for what is not its to have, too.
 */
import type { FileConnection } from '../../../peer/link/types.js';
import { chunkLength, FILE_CHUNK } from '../../../protocol/files.js';
import { FILE_LINE_MAX, type FileMessage } from '../../../protocol/file-messages.js';
import type { EntryId } from '../../../protocol/ids.js';
import type { Random } from '../random.js';
import type { Schedule } from '../schedule.js';
import type { Content } from './contents.js';
import type { FileSocket } from './file-socket.js';

export interface HostileFilesWorld {
  readonly schedule: Schedule;
  readonly random: Random;
  /** What it can find out of any entry. */
  contentOf(entry: EntryId): Content | undefined;
  anyEntry(): EntryId | undefined;
}

type Habit =
  | 'right'
  | 'bits'
  | 'manifest'
  | 'refuses'
  | 'silent'
  | 'number'
  | 'ends'
  | 'garbage'
  | 'stalls'
  | 'trickles'
  | 'endless';

const HABITS: readonly Habit[] = [
  'bits',
  'bits',
  'manifest',
  'refuses',
  'silent',
  'silent',
  'number',
  'ends',
  'garbage',
  'stalls',
  'trickles',
  'endless',
  'right',
];
/** A byte each second is as slow as what is still given time. */
const TRICKLE_MS = 1_000;
const ASKS_MS = 4_000;
const scratch = Buffer.alloc(FILE_CHUNK);

export class HostileFiles {
  private readonly habit: Habit;

  constructor(private readonly world: HostileFilesWorld) {
    this.habit = world.random.pick(HABITS) ?? 'bits';
  }

  accept(connection: FileConnection): void {
    const socket = connection.socket as unknown as FileSocket;
    const { schedule, random } = this.world;
    socket.on('data', (bytes: Buffer) => {
      for (const message of messages(bytes)) schedule.after(20, () => this.answer(socket, message));
    });
    const ask = (): void => {
      schedule.after(random.exponential(ASKS_MS), () => {
        if (socket.destroyed) return;
        this.ask(socket);
        ask();
      });
    };
    ask();
  }

  private ask(socket: FileSocket): void {
    const { random } = this.world;
    const entry = this.world.anyEntry();
    if (entry === undefined) return;
    say(socket, random.chance(0.3) ? { type: 'manifest_request', entry } : { type: 'chunk_request', entry, chunk: 0 });
  }

  private answer(socket: FileSocket, message: FileMessage): void {
    const { random } = this.world;
    // Now and then what is right, so that it is not found out at once.
    const habit = random.chance(0.3) ? 'right' : this.habit;
    const content = this.world.contentOf(message.entry);
    const { entry } = message;
    if (message.type === 'manifest_request') {
      if (!content) return say(socket, { type: 'file_refused', entry, code: 'not_found' });
      say(socket, { type: 'have', entry, chunks: '*' });
      const list = Buffer.from(content.manifest);
      if (this.habit === 'manifest' && list.length > 0) list[random.int(list.length)] = random.int(256);
      say(socket, { type: 'manifest', entry, length: list.length });
      socket.write(list);
    } else if (message.type === 'chunk_request') this.give(socket, entry, message.chunk, habit, content);
  }

  private give(socket: FileSocket, entry: EntryId, chunk: number, habit: Habit, content: Content | undefined): void {
    const body = content?.bodies[chunk];
    if (!content || !body || habit === 'refuses')
      return say(socket, { type: 'file_refused', entry, chunk, code: 'not_found' });
    if (habit === 'silent') return;
    if (habit === 'garbage') return void socket.write('["garbage"]\n');
    const length = chunkLength(content.facts.size, chunk);
    say(socket, { type: 'chunk', entry, chunk: habit === 'number' ? chunk + 1 : chunk, length });
    if (habit === 'ends') return socket.destroy();
    if (habit === 'stalls') return void socket.write(body.subarray(0, 1));
    if (habit === 'trickles') return this.trickle(socket, body, 0);
    body.copy(scratch);
    if (habit === 'bits') scratch[0] = (scratch[0] ?? 0) ^ 1;
    socket.write(scratch.subarray(0, length));
    // More than was announced, and no line.
    if (habit === 'endless') socket.write(Buffer.alloc(FILE_LINE_MAX + 1, 120));
  }

  /** As long as it is let. */
  private trickle(socket: FileSocket, body: Buffer, at: number): void {
    if (socket.destroyed) return;
    socket.write(at < body.length ? body.subarray(at, at + 1) : Buffer.alloc(1));
    this.world.schedule.after(TRICKLE_MS, () => this.trickle(socket, body, at + 1));
  }
}

function say(socket: FileSocket, message: FileMessage): void {
  socket.write(`${JSON.stringify(message)}\n`);
}

/** Requests among what came; of bytes that follow a line it reads nothing. */
function messages(bytes: Buffer): FileMessage[] {
  return bytes
    .toString('latin1')
    .split('\n')
    .flatMap((line) => (/^\{"type":"(?:manifest|chunk)_request"/.test(line) ? [JSON.parse(line) as FileMessage] : []));
}

/** Facts of an entry that lies about bytes which there are. */
export function lyingFacts({ facts }: Content, random: Random): object {
  const nothing = randomHash(random);
  const lie = random.pick([
    { chunks: nothing },
    { sha256: nothing },
    { size: facts.size + FILE_CHUNK },
    { sha256: nothing, chunks: nothing },
  ]);
  return { name: 'lie.bin', mime: 'application/octet-stream', ...facts, ...lie };
}

function randomHash(random: Random): string {
  return Array.from({ length: 64 }, () => random.int(16).toString(16)).join('');
}
