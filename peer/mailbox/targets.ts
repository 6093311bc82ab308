/** What the entries of a letter will become here: up to where logs grow by it, and which of them take nothing now. */
import type { Entry } from '../../protocol/entry.js';
import type { Username } from '../../protocol/ids.js';
import type { LogName, PassedOver } from './passed.js';
import type { MailboxPorts } from './ports.js';

export interface Target extends LogName {
  readonly from: Username;
  /** Up to where the log has to be durable. */
  readonly seq: number;
  /** It goes on with what an earlier letter brings, which was passed over. */
  readonly behind: boolean;
}

/** `held`: nothing of it is taken now. */
export type TargetState = 'durable' | 'held' | 'missing';

/**
 * One target for each log in the entries: pieces that follow what is here, up to their last signature. What leaves a gap, or
 * belongs to a fork, is passed over by the log, and not waited for; but of a log that is closed everything waits.
 * @param id of the letter
 */
export function targetsOf(
  id: string,
  entries: readonly Entry[],
  log: Pick<MailboxPorts['log'], 'end'>,
  passed: Pick<PassedOver, 'isClosed' | 'isBehind'>,
): Target[] {
  const logs = new Map<string, Entry[]>();
  for (const entry of entries) {
    const key = `${entry.device} ${entry.conversation}`;
    const group = logs.get(key);
    if (group) group.push(entry);
    else logs.set(key, [entry]);
  }
  return [...logs.values()].flatMap(([first, ...rest]) => {
    if (!first) return [];
    const { conversation, device, from } = first;
    const end = log.end(conversation, device) ?? { seq: 0, id: '' };
    const last = Math.max(first.seq, ...rest.map(({ seq }) => seq));
    const signed = signedUpTo(end, [first, ...rest], Math.min(end.seq, last));
    const behind = signed <= end.seq && last > end.seq && passed.isBehind(first, id);
    const seq = behind || passed.isClosed(first) ? last : signed;
    return [{ conversation, device, from, seq, behind }];
  });
}

/** @param from what is about to be written has to be durable as well, before the mailbox is emptied */
function signedUpTo(end: { seq: number; id: string }, entries: readonly Entry[], from: number): number {
  let [{ seq: at, id: head }, signed] = [end, from];
  for (const { seq, prev, id, sig } of entries) {
    if (seq !== at + 1 || prev !== head) continue;
    [at, head] = [seq, id];
    if (sig !== undefined) signed = seq;
  }
  return signed;
}

export function stateOf(
  { conversation, device, seq, behind }: Target,
  { log, keys }: Pick<MailboxPorts, 'log' | 'keys'>,
  passed: Pick<PassedOver, 'isClosed'>,
): TargetState {
  if ((log.durable(conversation).get(device) ?? 0) >= seq) return 'durable';
  if (behind) return 'held';
  if ((log.end(conversation, device)?.seq ?? 0) >= seq) return 'missing';
  if (passed.isClosed({ conversation, device })) return 'held';
  // The log of a device that was revoked has ended before: nothing more of it will ever be here.
  return keys.revoked(device) && log.limit(conversation, device) < seq ? 'durable' : 'missing';
}
