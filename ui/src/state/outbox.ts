/** Messages on their way to the daemon. It deduplicates by `client`, so sending again is always safe. */
import type { EntryView } from '../../../protocol/local-api.js';
import { OUTBOX_WINDOW } from '../limits.js';
import type { OutboxItem } from './model.js';

export type Outbox = readonly OutboxItem[];

export function withPhase(outbox: Outbox, client: string, phase: OutboxItem['phase'], problem?: string): Outbox {
  return outbox.map((item) => {
    if (item.client !== client) return item;
    const { problem: _, ...rest } = item;
    return { ...rest, phase, ...(problem === undefined ? {} : { problem }) };
  });
}

export function withoutClients(outbox: Outbox, clients: ReadonlySet<string | undefined>): Outbox {
  return outbox.some((item) => clients.has(item.client)) ? outbox.filter((item) => !clients.has(item.client)) : outbox;
}

/** The daemon took these: they are history now. */
export function withoutPosted(outbox: Outbox, entries: readonly EntryView[]): Outbox {
  return withoutClients(outbox, new Set(entries.map((entry) => entry.client).filter((client) => client !== undefined)));
}

/** The socket is gone: nobody will answer what was under way. */
export function afterCut(outbox: Outbox): Outbox {
  return outbox.map((item) => (item.phase === 'inflight' ? { ...item, phase: 'queued' } : item));
}

/**
 * What to hand to the daemon now: in the order written, a few at a time. An item behind one that waits or failed in
 * its conversation is held back only while that one waits, so that retries do not change the order.
 */
export function nextToSend(outbox: Outbox): readonly OutboxItem[] {
  const room = OUTBOX_WINDOW - outbox.filter((item) => item.phase === 'inflight').length;
  const blocked = new Set(outbox.filter((item) => item.phase === 'waiting').map((item) => item.conversation));
  return outbox
    .filter((item) => item.phase === 'queued' && !blocked.has(item.conversation))
    .slice(0, Math.max(0, room));
}
