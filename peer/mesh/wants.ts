/**
 * What we lack and whom we asked for it. A log's author pushes its own entries; anything else is asked for, from one link
 * at a time, so that nothing is sent twice. Who was asked and brought nothing is passed over for a while.
 */
import type { ConversationId, DeviceId } from '../../protocol/ids.js';
import type { LinkToken } from './ports.js';

/** A source that brought nothing for so long is given up for this log. Milliseconds. */
export const PATIENCE_MS = 3_000;
/** How long a source that failed is passed over. */
const PASSED_OVER_MS = 30_000;

interface Lack {
  readonly conversation: ConversationId;
  readonly device: DeviceId;
  source: LinkToken | undefined;
  /** Up to where the source was asked; Infinity for an author, who pushes without being asked. */
  to: number;
  /** Where the log stood at the last progress, and when that was. */
  seq: number;
  since: number;
  /** Author links that had their time to push. */
  readonly waitedFor: Set<LinkToken>;
  /** Sources that brought nothing, and until when they are passed over. */
  readonly passedOver: Map<LinkToken, number>;
}

export interface Source {
  readonly link: LinkToken;
  readonly device: DeviceId;
  /** What it holds of the log. */
  readonly seq: number;
}

export interface Ask {
  readonly link: LinkToken;
  readonly from: number;
  readonly to: number;
}

export class Wants {
  private readonly lacks = new Map<string, Lack>();

  /** The logs in which something is lacking. */
  all(): readonly { readonly conversation: ConversationId; readonly device: DeviceId }[] {
    return [...this.lacks.values()];
  }

  /**
   * Looks at one log again: after a `have`, progress, a lost link, or some time.
   * @param held where the log stands, with what is about to be written
   * @param sources links that hold more
   * @returns whom to ask for what now, if anybody
   */
  update(
    conversation: ConversationId,
    device: DeviceId,
    held: number,
    sources: readonly Source[],
    now: number,
  ): Ask | undefined {
    const key = `${device} ${conversation}`;
    if (sources.length === 0) {
      this.lacks.delete(key);
      return undefined;
    }
    const lack = this.lacks.get(key) ?? newLack(conversation, device, held, now);
    this.lacks.set(key, lack);
    if (held > lack.seq) Object.assign(lack, { seq: held, since: now });
    const current = sources.find(({ link }) => link === lack.source);
    if (current) {
      if (held >= lack.to) return ask(lack, current, held, now);
      if (now - lack.since < PATIENCE_MS) return undefined;
      // An author that did not push (we may have dropped what came) is asked before it is given up.
      if (lack.to === Infinity) return ask(lack, current, held, now);
      lack.passedOver.set(current.link, now + PASSED_OVER_MS);
    }
    return this.choose(lack, held, sources, now);
  }

  /** Whether the link was given up for this log, for now. */
  passedOver(conversation: ConversationId, device: DeviceId, link: LinkToken): boolean {
    return this.lacks.get(`${device} ${conversation}`)?.passedOver.has(link) ?? false;
  }

  private choose(lack: Lack, held: number, sources: readonly Source[], now: number): Ask | undefined {
    for (const [link, until] of lack.passedOver) if (until <= now) lack.passedOver.delete(link);
    const open = sources.filter(({ link }) => !lack.passedOver.has(link));
    const author = open.find(({ link, device }) => device === lack.device && !lack.waitedFor.has(link));
    if (author) {
      lack.waitedFor.add(author.link);
      Object.assign(lack, { source: author.link, to: Infinity, since: now });
      return undefined;
    }
    const load = new Map<LinkToken, number>();
    for (const { source } of this.lacks.values())
      if (source !== undefined) load.set(source, (load.get(source) ?? 0) + 1);
    const cost = ({ link }: Source): number => load.get(link) ?? 0;
    lack.source = undefined;
    const best = open.sort((a, b) => cost(a) - cost(b) || b.seq - a.seq || a.link - b.link)[0];
    return best && ask(lack, best, held, now);
  }
}

function newLack(conversation: ConversationId, device: DeviceId, seq: number, since: number): Lack {
  return { conversation, device, source: undefined, to: 0, seq, since, waitedFor: new Set(), passedOver: new Map() };
}

function ask(lack: Lack, { link, seq }: Source, held: number, now: number): Ask {
  Object.assign(lack, { source: link, to: seq, since: now });
  return { link, from: held + 1, to: seq };
}
