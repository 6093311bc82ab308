/** What is answered to a line of `ranges`, in lines of bounded length: parts that follow each other, what is the same in as few as may be. */
import { RANGE_PARTS_MAX } from '../../protocol/limits.js';
import type { RangePart } from '../../protocol/range-messages.js';

/** Logs in one line, which stays far below its limit of bytes. */
export const LINE_LOGS_MAX = 2_000;
/** After all device ids. */
export const END = '~';

export interface RangeLine {
  /** Where the first part begins. Empty: at the first log. */
  readonly from: string;
  readonly parts: readonly RangePart[];
}

interface Part {
  readonly to: string;
  readonly said: Omit<RangePart, 'to'>;
  /** The other side waits for it. */
  readonly isAnswer: boolean;
}

export class RangeLines {
  private readonly parts: Part[] = [];

  /** @param from where the first part begins */
  constructor(private readonly from: string) {}

  /** Of the range up to `to`: nothing that the other side waits for. */
  pass(to: string): void {
    this.push({ to, said: {}, isAnswer: false });
  }

  say(to: string, said: Omit<RangePart, 'to'>): void {
    this.push({ to, said, isAnswer: true });
  }

  all(): RangeLine[] {
    const lines: RangeLine[] = [];
    const last = this.parts.findLastIndex(({ isAnswer }) => isAnswer);
    let [from, parts, logs]: [string, RangePart[], number] = [this.from, [], 0];
    const end = (to: string): void => {
      if (parts.length > 0) lines.push({ from, parts });
      [from, parts, logs] = [to, [], 0];
    };
    let at = this.from;
    for (const { to, said, isAnswer } of this.parts.slice(0, last + 1)) {
      const more = Object.keys(said.logs ?? said.but ?? {}).length;
      if (parts.length >= RANGE_PARTS_MAX || logs + more > LINE_LOGS_MAX) end(at);
      at = to;
      if (parts.length === 0 && !isAnswer) {
        from = to;
        continue;
      }
      parts.push(to === END ? said : { to, ...said });
      logs += more;
    }
    end('');
    return lines;
  }

  private push(part: Part): void {
    const before = this.parts.at(-1);
    const isMore = before !== undefined && isSame(before) && isSame(part);
    if (isMore) this.parts[this.parts.length - 1] = { ...part, isAnswer: part.isAnswer || before.isAnswer };
    else this.parts.push(part);
  }
}

/** As the other side has said. */
function isSame({ said }: Part): boolean {
  return said.digest === undefined && said.logs === undefined && said.but === undefined;
}
