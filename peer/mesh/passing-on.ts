/**
 * What others have written in a channel, passed on along its tree as soon as it is durable here: like all that is served, never before. Kept
 * in memory between the transaction and its sync alone, so that nothing is read back.
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
  readonly tree: Pick<Tree, 'passesOn' | 'targets' | 'passed'>;
  readonly durable: (conversation: ConversationId, device: DeviceId) => number;
  readonly lines: (entries: readonly Entry[]) => string;
  readonly sender: (link: LinkToken) => Sender | undefined;
}

/** Bytes that wait for a sync: what comes beyond is told by `have`. */
const WAITING_MAX = 8 * 1024 * 1024;

export class PassingOn {
  private waiting: Entry[] = [];
  private bytes = 0;

  constructor(private readonly parts: PassingOnParts) {}

  /** Entries of others were written. */
  added(conversation: ConversationId, entries: readonly Entry[]): void {
    if (!conversation.startsWith('#') || !this.parts.tree.passesOn(conversation)) return;
    for (const entry of entries) {
      const cost = runCost(entry);
      if (this.bytes + cost > WAITING_MAX) return;
      this.bytes += cost;
      this.waiting.push(entry);
    }
  }

  /** More is durable. */
  durable(): void {
    if (this.waiting.length === 0) return;
    const { waiting } = this;
    this.waiting = [];
    this.bytes = 0;
    const inOrder = waiting.sort((a, b) => a.seq - b.seq);
    for (const log of byLog(inOrder)) {
      const durable = this.parts.durable(log.conversation, log.device);
      for (const piece of pieces(log)) if (piece.last <= durable) this.pass(piece);
    }
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
