/** Of a simulated disk: own entries that lost their place, until they are written again, as peer/store/rewrites.ts keeps them. */
import type { Fork, Rewrite, RewriteStore } from '../../peer/store/rewrites.js';
import type { Entry } from '../../protocol/entry.js';
import type { ConversationId, DeviceId, EntryId } from '../../protocol/ids.js';

interface Row {
  readonly rewrite: Rewrite;
  became: EntryId | undefined;
  durable: boolean;
}

export class RewriteShelf implements Pick<RewriteStore, 'waiting' | 'became' | 'done' | 'healed' | 'tookOut'> {
  private readonly rows = new Map<string, Row>();

  private readonly from = new Map<string, number>();

  tookOut({ conversation, device, seq }: Fork): void {
    this.from.set(`${conversation} ${device}`, Math.min(seq, this.healed(conversation, device) ?? seq));
  }

  healed(conversation: ConversationId, device: DeviceId): number | undefined {
    return this.from.get(`${conversation} ${device}`);
  }

  put({ id, conversation, kind, message, data }: Entry, client: string | undefined): void {
    if (this.rows.has(id)) return;
    this.rows.set(id, { rewrite: { id, conversation, kind, message, data, client }, became: undefined, durable: true });
  }

  waiting(): Rewrite[] {
    return [...this.rows.values()].flatMap(({ became, rewrite }) => (became === undefined ? [rewrite] : []));
  }

  became(id: string): EntryId | undefined {
    return this.rows.get(id)?.became;
  }

  done(id: EntryId, became: EntryId): void {
    const row = this.rows.get(id);
    if (row) Object.assign(row, { became, durable: false });
  }

  /** All that was written is durable. */
  settle(): void {
    for (const row of this.rows.values()) row.durable = true;
  }

  /** Takes what no sync covered. */
  powerFails(): void {
    for (const row of this.rows.values()) if (!row.durable) Object.assign(row, { became: undefined, durable: true });
  }

  copy(): RewriteShelf {
    const copy = new RewriteShelf();
    for (const [id, row] of this.rows) copy.rows.set(id, { ...row });
    for (const [log, seq] of this.from) copy.from.set(log, seq);
    return copy;
  }
}
