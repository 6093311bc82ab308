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
  /** It is the author's, which pushes the log without being asked. */
  readonly pushes: boolean;
  /** What it holds of the log. */
  readonly seq: number;
}

export interface Ask {
  readonly link: LinkToken;
  readonly from: number;
  readonly to: number;
}

export class Wants {
  private readonly lacking = new Map<string, Lack>();
  /** How many logs each link was asked for. */
  private readonly load = new Map<LinkToken, number>();

  /** The logs in which something is lacking. */
  all(): readonly { readonly conversation: ConversationId; readonly device: DeviceId }[] {
    return [...this.lacking.values()];
  }

  /** Those of which somebody's time is over: whoever claims what is not costs no more than a look now and then. */
  due(now: number): readonly { readonly conversation: ConversationId; readonly device: DeviceId }[] {
    const due: Lack[] = [];
    for (const lack of this.lacking.values()) if (nextLook(lack) <= now) due.push(lack);
    return due;
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
      const done = this.lacking.get(key);
      if (done) this.ask(done, undefined);
      this.lacking.delete(key);
      return undefined;
    }
    const lack = this.lacking.get(key) ?? newLack(conversation, device, held, now);
    this.lacking.set(key, lack);
    if (held > lack.seq) Object.assign(lack, { seq: held, since: now });
    const current = sources.find(({ link }) => link === lack.source);
    if (current) {
      if (held >= lack.to) return this.range(lack, current, held, now);
      if (now - lack.since < PATIENCE_MS) return undefined;
      // An author that did not push (we may have dropped what came) is asked before it is given up.
      if (lack.to === Infinity) return this.range(lack, current, held, now);
      lack.passedOver.set(current.link, now + PASSED_OVER_MS);
    }
    return this.choose(lack, held, sources, now);
  }

  /** Whether somebody was asked, has brought nothing since the last look, and still has time: a look would change nothing. */
  isWaiting(conversation: ConversationId, device: DeviceId, held: number, now: number): boolean {
    const lack = this.lacking.get(`${device} ${conversation}`);
    if (lack?.source === undefined) return false;
    return held === lack.seq && held < lack.to && now - lack.since < PATIENCE_MS;
  }

  /** Whether something of this log is lacking. */
  lacks(conversation: ConversationId, device: DeviceId): boolean {
    return this.lacking.has(`${device} ${conversation}`);
  }

  get size(): number {
    return this.lacking.size;
  }

  /** Whether the link was given up for this log, for now. */
  passedOver(conversation: ConversationId, device: DeviceId, link: LinkToken): boolean {
    return this.lacking.get(`${device} ${conversation}`)?.passedOver.has(link) ?? false;
  }

  private choose(lack: Lack, held: number, sources: readonly Source[], now: number): Ask | undefined {
    for (const [link, until] of lack.passedOver) if (until <= now) lack.passedOver.delete(link);
    const open = sources.filter(({ link }) => !lack.passedOver.has(link));
    const author = open.find(({ link, pushes }) => pushes && !lack.waitedFor.has(link));
    if (author) {
      lack.waitedFor.add(author.link);
      this.ask(lack, author.link);
      Object.assign(lack, { to: Infinity, since: now });
      return undefined;
    }
    this.ask(lack, undefined);
    const cost = ({ link }: Source): number => this.load.get(link) ?? 0;
    const best = open.sort((a, b) => cost(a) - cost(b) || b.seq - a.seq || a.link - b.link)[0];
    return best && this.range(lack, best, held, now);
  }

  private range(lack: Lack, { link, seq }: Source, held: number, now: number): Ask {
    this.ask(lack, link);
    Object.assign(lack, { to: seq, since: now });
    return { link, from: held + 1, to: seq };
  }

  private ask(lack: Lack, link: LinkToken | undefined): void {
    if (lack.source !== undefined) {
      const others = (this.load.get(lack.source) ?? 1) - 1;
      if (others > 0) this.load.set(lack.source, others);
      else this.load.delete(lack.source);
    }
    lack.source = link;
    if (link !== undefined) this.load.set(link, (this.load.get(link) ?? 0) + 1);
  }
}

function newLack(conversation: ConversationId, device: DeviceId, seq: number, since: number): Lack {
  return { conversation, device, source: undefined, to: 0, seq, since, waitedFor: new Set(), passedOver: new Map() };
}

function nextLook({ source, since, passedOver }: Lack): number {
  return source === undefined ? Math.min(...passedOver.values()) : since + PATIENCE_MS;
}
