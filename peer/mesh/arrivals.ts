/** What entries say that were pushed, besides what they are: who holds them, who was the first to bring them, and what is missing before them. */
import type { Entry } from '../../protocol/entry.js';
import type { ConversationId, DeviceId } from '../../protocol/ids.js';
import { hear, type LinkState } from './link-state.js';
import type { LinkToken, LogHeads } from './ports.js';
import type { Tree } from './tree.js';

export interface LogName {
  readonly conversation: ConversationId;
  readonly device: DeviceId;
}

/** Entries of one log, in their order. */
export interface LogPiece extends LogName {
  /** `seq` of the first and the last. */
  readonly first: number;
  readonly last: number;
  readonly entries: readonly Entry[];
}

export interface ArrivalsOptions {
  readonly device: DeviceId;
  readonly log: Pick<LogHeads, 'seq' | 'endId' | 'contents'>;
  readonly links: ReadonlyMap<LinkToken, LinkState>;
  readonly tree: Tree;
}

/** Of one link until they are taken: whoever makes up more of them hides those of no other link. */
const GAPS_MAX = 1_024;

export class Arrivals {
  private gaps = new Map<LinkToken, Map<string, LogName>>();

  constructor(private readonly options: ArrivalsOptions) {}

  /** Whether something was pushed that does not follow what was here. */
  get hasGaps(): boolean {
    return this.gaps.size > 0;
  }

  /** Those logs: what stands before it may have been on its way, and is looked for a little later. */
  takeGaps(): readonly LogName[] {
    const { gaps } = this;
    this.gaps = new Map();
    return [...gaps.values()].flatMap((logs) => [...logs.values()]);
  }

  /** Entries of channels with a tree, in the order of the wire, not checked yet: whoever pushes them says that it holds them. */
  came(link: LinkToken, entries: readonly Entry[], now: number): void {
    const { links, log, tree, device: self } = this.options;
    const state = links.get(link);
    const pushed = entries.filter(({ conversation, device }) => device !== self && tree.has(conversation));
    if (!state || pushed.length === 0) return;
    for (const { conversation, device, first, last, entries: piece } of byLog(pushed)) {
      hear(state, conversation, new Map([[device, last]]));
      const held = log.seq(conversation, device);
      // What is not checked yet may be made up: only what is known to be right says that somebody brings the same.
      // And what was asked for again, for its content, was not pushed.
      if (last <= held && log.contents?.next(conversation, device, first) !== undefined) continue;
      const isRepeated = last === held && piece.at(-1)?.id === log.endId?.(conversation, device);
      if (isRepeated) tree.duplicate(state, conversation, device, now);
      // Also within what came at once: what was passed over there is told of by nobody who counts this as told.
      else if (first > held + 1 || last - first >= piece.length) this.gap(link, { conversation, device });
    }
  }

  /** A link has brought a piece of a log up to `seq`, proven. `isNews`: no other link had brought it before. */
  proven(
    link: LinkToken,
    { conversation, device, seq }: LogName & { readonly seq: number },
    isNews: boolean,
    now: number,
  ): void {
    const { links, tree } = this.options;
    const state = links.get(link);
    if (isNews) tree.brought(link, conversation, device, seq);
    else if (state) tree.duplicate(state, conversation, device, now);
  }

  private gap(link: LinkToken, log: LogName): void {
    let logs = this.gaps.get(link);
    if (!logs) this.gaps.set(link, (logs = new Map<string, LogName>()));
    if (logs.size < GAPS_MAX) logs.set(`${log.device} ${log.conversation}`, log);
  }
}

/** @param entries in the order of each log, the logs mixed as may be */
export function byLog(entries: readonly Entry[]): LogPiece[] {
  const logs = new Map<string, Entry[]>();
  for (const entry of entries) {
    const key = `${entry.device} ${entry.conversation}`;
    const log = logs.get(key);
    if (log) log.push(entry);
    else logs.set(key, [entry]);
  }
  return [...logs.values()].flatMap((all) => {
    const [first, last] = [all[0], all.at(-1)];
    if (!first || !last) return [];
    return [{ conversation: first.conversation, device: first.device, first: first.seq, last: last.seq, entries: all }];
  });
}
