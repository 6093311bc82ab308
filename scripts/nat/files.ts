/** A file from one to the other of two homes, in a conversation that nobody else is in: so it comes over their own link, whatever that is. */
import { createHash, randomBytes } from 'node:crypto';
import { Readable } from 'node:stream';
import { directConversation, type Username } from '../../protocol/ids.js';
import { FileDoor } from '../fault/file-door.js';
import type { Window } from '../fault/window.js';

export interface FileEnd {
  readonly name: string;
  readonly window: Window;
  /** Address of its UI. */
  readonly ui: string;
}

const BYTES = 1024 * 1024 + 7;

/** @returns why the file did not come whole; undefined: it did */
export async function sendsFile(from: FileEnd, to: FileEnd): Promise<string | undefined> {
  const bytes = randomBytes(BYTES);
  const conversation = directConversation(from.name as Username, to.name as Username);
  const [source, target] = [new FileDoor(from.window, from.ui), new FileDoor(to.window, to.ui)];
  try {
    const sent = await source.send(Readable.from([bytes]), BYTES, 'sent.bin', conversation);
    await target.fetch(sent);
    await target.arrived(sent);
    const hash = createHash('sha256').update(bytes).digest('hex');
    return (await target.hashOf(sent.sha256)) === hash ? undefined : 'other bytes came';
  } catch (error) {
    return String(error);
  }
}
