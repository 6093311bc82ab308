/** Files, to and from the peer. Bytes stream through, at the pace of the slower side; no file is ever in memory. */
import { Readable } from 'node:stream';
import { setTimeout as delay } from 'node:timers/promises';
import { ParleyError } from '../../../protocol/errors.js';
import { isFileName } from '../../../protocol/file-facts.js';
import type { EntryView } from '../../../protocol/local-api.js';
import { runCommand } from '../../commands/run.js';
import type { OpenFile, PeerEvents, PeerServices, TakenFile } from '../../services.js';
import { aborted, type Caller } from './callers.js';
import { FileToSendSchema, type GetFileRequest, type SendFileRequest } from './generated/parley_pb.js';
import { argumentsOf } from './messages.js';

export interface SentFile extends TakenFile {
  readonly entry: EntryView;
}

/** @throws (rejects with) ParleyError as `Files.take` and `file.post`; bad_request for parts in a wrong order, and for who stands still */
export async function takeFile(
  { services, signal }: Caller,
  parts: AsyncIterable<SendFileRequest>,
  stallMs: number,
): Promise<SentFile> {
  const iterator = steady(parts, signal, stallMs);
  const { value } = await iterator.next();
  if (value?.part.case !== 'file') throw new ParleyError('bad_request', 'Send `file` first, then its bytes.');
  const { size: _, ...about } = argumentsOf(FileToSendSchema, value.part.value) as {
    conversation: string;
    name: string;
    mime?: string;
    size?: string;
  };
  const { size } = value.part.value;
  if (!isFileName(about.name))
    throw new ParleyError('bad_request', 'name must have 1 to 255 bytes. Give the file another one.');
  // Before a long body is taken in for nobody.
  await runCommand(services, 'conversation.members', { conversation: about.conversation });
  const taken = await services.files.take(Readable.from(bytesOf(iterator), { objectMode: false }), {
    ...(about.mime === undefined ? {} : { mime: about.mime }),
    ...(size === undefined ? {} : { length: Number(size) }),
  });
  const { entry } = await runCommand(services, 'file.post', { ...about, sha256: taken.sha256 });
  return { ...taken, entry };
}

async function* steady(
  parts: AsyncIterable<SendFileRequest>,
  signal: AbortSignal,
  stallMs: number,
): AsyncGenerator<SendFileRequest, undefined> {
  const iterator = parts[Symbol.asyncIterator]();
  for (;;) {
    const over = new AbortController();
    const late = delay(stallMs, undefined, { signal: AbortSignal.any([signal, over.signal]), ref: false }).then(() => {
      throw new ParleyError('bad_request', `Nothing came for ${stallMs / 1000} seconds. Send the file again.`);
    });
    try {
      const next = await Promise.race([iterator.next(), late]);
      if (next.done === true) return undefined;
      yield next.value;
    } catch (error) {
      signal.throwIfAborted();
      throw error;
    } finally {
      over.abort();
    }
  }
}

async function* bytesOf(parts: AsyncIterable<SendFileRequest>): AsyncIterable<Uint8Array> {
  for await (const { part } of parts) {
    if (part.case !== 'chunk') throw new ParleyError('bad_request', 'Send `file` once, then chunks alone.');
    if (part.value.length > 0) yield part.value;
  }
}

/** First what it is, then its bytes. @throws (rejects with) file_not_here, range_not_there, bad_request; as `file.fetch` */
export async function* giveFile(
  { services, signal }: Caller,
  { sha256, offset, fetch }: GetFileRequest,
): AsyncIterable<Omit<OpenFile, 'read'> | Uint8Array> {
  if (!/^[0-9a-f]{64}$/.test(sha256))
    throw new ParleyError('bad_request', 'sha256 must be 64 digits of hex in lower case, as in data.sha256.');
  if (fetch === true && !services.files.isHere(sha256)) await fetched(services, sha256, signal);
  const file = await services.files.open(sha256);
  if (!file) throw new ParleyError('file_not_here', 'That file is not here yet. Ask with `fetch`, and wait for it.');
  const { size, name, mime } = file;
  const start = Number(offset ?? 0n);
  if (!(start >= 0 && start <= size)) throw new ParleyError('range_not_there');
  yield { size, name, mime };
  if (start === size) return;
  const bytes = file.read(start, size);
  // Also where nobody reads on: see Callers.stream.
  const end = (): void => void bytes.destroy();
  signal.addEventListener('abort', end, { once: true });
  for await (const chunk of bytes) yield chunk as Uint8Array;
}

/** Resolves once it is here. Waits for those who have it, as long as the call lasts. */
async function fetched(services: PeerServices, sha256: string, signal: AbortSignal): Promise<void> {
  const { events, files } = services;
  let look: (...file: PeerEvents['file']) => void = () => undefined;
  let gone: (...id: PeerEvents['file_removed']) => void = () => undefined;
  const come = new Promise<void>((resolve, reject) => {
    look = (transfer) => {
      if (transfer.sha256 !== sha256 || transfer.direction !== 'down') return;
      if (transfer.state === 'done') resolve();
      if (transfer.state === 'failed')
        reject(new ParleyError('file_not_here', `It could not be fetched (${transfer.code ?? 'failed'}). Ask again.`));
    };
    gone = (id) => {
      if (id === sha256 && !files.isHere(sha256))
        reject(new ParleyError('file_not_here', 'It was cancelled elsewhere. Ask again.'));
    };
  });
  come.catch(() => undefined);
  events.on('file', look);
  events.on('file_removed', gone);
  try {
    // Who asks for the bytes of a call is there to wait for them.
    await runCommand(services, 'file.fetch', { sha256, relayed: true });
    if (!files.isHere(sha256)) await Promise.race([come, aborted(signal)]);
  } finally {
    events.off('file', look);
    events.off('file_removed', gone);
  }
}
