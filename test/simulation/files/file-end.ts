/** What must hold of files once faults have healed: what somebody wants and another one of the conversation has is there. */
import type { Entry } from '../../../protocol/entry.js';
import { fileFacts } from '../../../protocol/file-facts.js';
import { userKey } from '../../../protocol/ids.js';
import { short } from './file-judge.js';
import { isOf, type PeerFiles } from './peer-files.js';

/** One that is wanted and not here although it could be; for people. Undefined: there is none. */
export function stuck(all: readonly PeerFiles[]): string | undefined {
  for (const files of all) {
    const { machines, peer } = files;
    if (!peer.running) continue;
    for (const { sha256, state, entry } of files.tables.transfers.all()) {
      if (!machines) return `${peer.name} has no machines`;
      const holder = peer.disk.files
        .of(sha256)
        .map((shown) => holderOf(files, shown, all))
        .find(Boolean);
      if (!holder) continue;
      const view = machines.service.transfers().find(({ id }) => id === sha256);
      const how = `${state}, ${view?.state ?? 'unknown'} ${view?.code ?? ''} ${view?.done ?? 0} of ${view?.size ?? 0} by ${entry.slice(0, 6)}`;
      return `${peer.name} wants ${short(sha256)}, which ${holder.peer.name} has: ${how}`;
    }
  }
  return undefined;
}

/** Who has exactly what that entry shows, and may give it. */
function holderOf(files: PeerFiles, entry: Entry, all: readonly PeerFiles[]): PeerFiles | undefined {
  const { peer } = files;
  const facts = fileFacts(entry);
  if (!facts || !peer.isIn(entry.conversation) || files.blocked.has(userKey(entry.from))) return undefined;
  return all.find((other) => {
    const has = other !== files && other.peer.running ? other.machines?.blobs.facts(facts.sha256) : undefined;
    const origins = other.tables.origins(other.peer.username);
    // Only what came through that conversation, or was shown there by this user, is given there.
    const gives =
      origins.isOwn(facts.sha256, entry.conversation) || origins.came(facts.sha256, entry.conversation)?.(0) === true;
    const knows = other.peer.disk.files.get(entry.id);
    return (
      has?.chunks === facts.chunks &&
      has.size === facts.size &&
      gives &&
      knows !== undefined &&
      !other.peer.disk.files.isDeleted(knows) &&
      isOf(entry.conversation, { username: other.peer.username, channels: other.peer.joined })
    );
  });
}

/** What is left of work that is over: for people. */
export function leftOver({ machines, peer, pool, tables }: PeerFiles): string | undefined {
  if (!machines || tables.transfers.all().length > 0) return undefined;
  if (pool.used > 0) return `${peer.name} holds ${pool.used} buffers for nothing`;
  const { made, free } = Reflect.get(Reflect.get(machines.mover, 'serving') as object, 'buffers') as {
    made: number;
    free: unknown[];
  };
  if (made !== free.length) return `${peer.name} holds ${made - free.length} buffers of what it gives for nothing`;
  return undefined;
}
