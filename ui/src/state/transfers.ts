/** How far the bytes of a file are. Pure: of what the daemon told. */
import type { TransferView } from '../../../protocol/local-api.js';
import type { Daemon } from './model.js';

/** What can be done with a file now. `absent`: nobody has asked for it. */
export type FileState = 'here' | 'absent' | TransferView['state'];

/** On its way to this device; there is one at most. */
export function downOf({ transfers }: Pick<Daemon, 'transfers'>, sha256: string): TransferView | undefined {
  return Object.values(transfers).find((transfer) => transfer.sha256 === sha256 && transfer.direction === 'down');
}

/** On its way from here to others. */
export function upsOf({ transfers }: Pick<Daemon, 'transfers'>, sha256: string): readonly TransferView[] {
  return Object.values(transfers).filter(
    (transfer) => transfer.sha256 === sha256 && transfer.direction === 'up' && transfer.state === 'running',
  );
}

export function fileState(here: boolean, down: TransferView | undefined): FileState {
  return here ? 'here' : (down?.state ?? 'absent');
}

/** From 0 to 1; nothing is all of it. */
export function partDone({ done, size }: Pick<TransferView, 'done' | 'size'>): number {
  return size === 0 ? 1 : Math.min(1, Math.max(0, done / size));
}

/** A day: beyond it nobody waits. */
const LEFT_MAX_S = 24 * 3600;

/** How long it still takes, seconds; undefined where nobody can tell, or it would be more than a day. */
export function secondsLeft({ done, size, speed = 0 }: TransferView): number | undefined {
  const seconds = speed > 0 ? Math.max(0, size - done) / speed : Infinity;
  return seconds <= LEFT_MAX_S ? Math.ceil(seconds) : undefined;
}
