/**
 * What others have written in a channel, passed on along its tree as soon as it is in the store here, like what a window shows: its author has
 * it on disk, and nobody takes it for held here before `have` says so.
 */
import type { Entry } from '../../protocol/entry.js';
import type { ConversationId, DeviceId } from '../../protocol/ids.js';
import { UNSIGNED_BYTES_MAX } from '../../protocol/limits.js';
import { runCost } from '../../protocol/signed-runs.js';
import { byLog, type LogPiece } from './arrivals.js';
import type { LinkToken } from './ports.js';
import type { Sender } from './sender.js';
import type { Tree } from './tree.js';

export interface PassingOnParts {
  /** Our own. */
  readonly device: DeviceId;
  readonly tree: Pick<Tree, 'passesOn' | 'targets' | 'passed'>;
  readonly lines: (entries: readonly Entry[]) => string;
  readonly sender: (link: LinkToken) => Sender | undefined;
}

export class PassingOn {
  constructor(private readonly parts: PassingOnParts) {}

  /** Entries of others were written. */
  added(conversation: ConversationId, entries: readonly Entry[]): void {
    if (!conversation.startsWith('#') || !this.parts.tree.passesOn(conversation)) return;
    // What was lost of our own log and is fetched back is told by `have`: nobody but us vouches for it. Nor does anybody but its author's
    // devices of an entry that there is no more of it.
    const theirs = entries.filter(({ device, pruned }) => device !== this.parts.device && !pruned);
    const inOrder = theirs.sort((a, b) => a.seq - b.seq);
    for (const log of byLog(inOrder)) for (const piece of pieces(log)) this.pass(piece);
  }

  private pass({ conversation, device, first, last, entries }: LogPiece): void {
    const { tree, lines, sender } = this.parts;
    // Mostly all lack the same.
    const texts = new Map<number, string>();
    for (const { link, after } of tree.targets(conversation, device, last)) {
      const from = Math.max(first, after + 1);
      const piece = from === first ? entries : entries.filter(({ seq }) => seq >= from);
      const text = (): string => {
        const known = texts.get(from) ?? lines(piece);
        texts.set(from, known);
        return known;
      };
      if (sender(link)?.passOn(device, piece, text) === true) tree.passed(link, conversation, device, last);
    }
  }
}

/** What ends in a signed entry, each as much as a link may be given at once; what comes after the last signed one is left to `have`. */
function pieces({ entries, ...log }: LogPiece): LogPiece[] {
  const all: LogPiece[] = [];
  const lastSigned = entries.findLastIndex(({ sig }) => sig !== undefined);
  let [from, bytes] = [0, 0];
  for (const [i, entry] of entries.entries()) {
    bytes += runCost(entry);
    if (entry.sig === undefined) continue;
    if (bytes < UNSIGNED_BYTES_MAX / 2 && i < lastSigned) continue;
    const piece = entries.slice(from, i + 1);
    all.push({ ...log, first: piece[0]?.seq ?? 0, last: entry.seq, entries: piece });
    [from, bytes] = [i + 1, 0];
  }
  return all;
}
