/**
 * Writes again, under the key of now, what lost its place in the log of an earlier one. In its order, one after the other, since a
 * later one may be about an earlier one; a post's mark keeps each from being written twice, whenever the process dies.
 */
import { isParleyError } from '../../protocol/errors.js';
import type { Log, Writer } from '../services.js';
import type { Rewrite, RewriteStore } from '../store/rewrites.js';

export interface RewritingOptions {
  readonly rewrites: Pick<RewriteStore, 'waiting' | 'became' | 'done'>;
  readonly log: Log;
  /** @returns cancels it */
  after(ms: number, work: () => void): () => void;
}

const AGAIN_MS = 2_000;
/** What names another entry. */
const REFERENCES = ['target', 'reply_to'];

export class Rewriting {
  private cancel: (() => void) | undefined;
  private closed = false;

  constructor(private readonly options: RewritingOptions) {}

  /** Does nothing where nothing waits. Never rejects. */
  async start(append: Writer['append']): Promise<void> {
    try {
      for (const rewrite of this.options.rewrites.waiting()) {
        if (this.closed || !(await this.write(rewrite, append))) return;
      }
    } catch (err) {
      this.later(err, append);
    }
  }

  close(): void {
    this.closed = true;
    this.cancel?.();
  }

  /** @returns whether to go on with the next one now */
  private async write(
    { id, conversation, kind, message, data, client }: Rewrite,
    append: Writer['append'],
  ): Promise<boolean> {
    const { rewrites, log } = this.options;
    try {
      const post = { conversation, kind, message, data: this.mapped(data), client: client ?? `again:${id}` };
      rewrites.done(id, (await append(post)).id);
      return true;
    } catch (err) {
      if (this.closed) return false;
      if (isParleyError(err) && (err.code === 'bad_entry' || err.code === 'too_large')) {
        log.error({ err, id }, 'an entry could not be written again');
        rewrites.done(id, id);
        return true;
      }
      this.later(err, append);
      return false;
    }
  }

  private later(err: unknown, append: Writer['append']): void {
    if (this.closed) return;
    const { log, after } = this.options;
    log.warn({ err }, 'what lost its place in a log is written again a little later');
    this.cancel = after(AGAIN_MS, () => void this.start(append));
  }

  private mapped(data: Rewrite['data']): Rewrite['data'] {
    const changed = REFERENCES.flatMap((name) => {
      const id = data[name];
      const became = typeof id === 'string' ? this.options.rewrites.became(id) : undefined;
      return became === undefined ? [] : [[name, became] as const];
    });
    return changed.length === 0 ? data : { ...data, ...Object.fromEntries(changed) };
  }
}
