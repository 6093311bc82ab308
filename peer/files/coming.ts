/** One file that is wanted here, while it is on its way. */
import { isParleyError } from '../../protocol/errors.js';
import type { Entry } from '../../protocol/entry.js';
import { fileFacts, type FileFacts } from '../../protocol/file-facts.js';
import { sameUser, type ConversationId, type DeviceId, type Username } from '../../protocol/ids.js';
import type { Link } from '../link/types.js';
import type { PartialFile } from './partial.js';
import type { Coming, Outcome, WantedFile } from './ports.js';
import { SpeedOf } from './speed.js';
import type { Holder, Transfer } from './transfer.js';

const TELL_MS = 100;

export interface Item {
  readonly wanted: WantedFile;
  readonly part: Promise<PartialFile>;
  open: PartialFile | undefined;
  readonly speed: SpeedOf;
  readonly liars: Set<Username>;
  readonly writes: Set<Promise<unknown>>;
  /** When the user was told of it; by the mover's clock. */
  toldAt: number;
  /** Some who may have it are not asked before the user has said so. */
  isHeldBack: boolean;
}

export function itemOf(wanted: WantedFile, part: Promise<PartialFile>): Item {
  const none = {
    open: undefined,
    liars: new Set<Username>(),
    writes: new Set<Promise<unknown>>(),
    toldAt: -Infinity,
    isHeldBack: false,
  };
  return { wanted, part, speed: new SpeedOf(), ...none };
}

/** Whether it is long enough ago that the user was told of it: of each chunk nobody needs to be. */
export function isToTell({ toldAt }: Item, now: number): boolean {
  return now - toldAt >= TELL_MS;
}

/** How it is with it, for the user. */
export function comingOf(
  item: Item,
  part: PartialFile,
  transfer: Transfer,
  chat: (device: DeviceId) => Link | undefined,
  now: number,
): Coming {
  const holders = [...transfer.holders.values()].filter(({ source }) => chat(source.device));
  const ready = holders.filter(({ state }) => state === 'ready');
  const userOf = ({ source }: Holder): Username | undefined => chat(source.device)?.remote.username;
  const isTheAuthors = (holder: Holder): boolean => sameUser(userOf(holder) ?? item.wanted.from, item.wanted.from);
  return {
    sha256: item.wanted.facts.sha256,
    state: stateOf(transfer, holders, isTheAuthors, item.isHeldBack),
    done: part.done,
    speed: item.speed.of(now),
    sources: [...new Set(ready.flatMap((holder) => userOf(holder) ?? []))],
    liars: [...item.liars],
  };
}

function stateOf(
  transfer: Transfer,
  holders: readonly Holder[],
  isTheAuthors: (holder: Holder) => boolean,
  isHeldBack: boolean,
): Coming['state'] {
  if ((transfer.hasManifest && transfer.left === 0) || transfer.allAsked().length > 0) return 'running';
  const open = holders.filter(({ isLeftAlone }) => !isLeftAlone);
  if (
    open.some(
      (holder) =>
        holder.state === 'ready' && ((holder.hasAll && holder.without.size === 0) || transfer.isUseful(holder)),
    )
  )
    return 'queued';
  if (open.some(({ state, refuses }) => state !== 'ready' && !refuses)) return 'asking';
  if (isHeldBack) return 'relayed';
  if (open.some(isTheAuthors)) return 'gone';
  // Whoever has sent wrong bytes is named; that they are away would not be true.
  return holders.some(isTheAuthors) ? 'asking' : 'nobody';
}

/** What an entry says of bytes besides their hash. */
export function saidBy({ size, chunks }: { readonly size: number; readonly chunks: string }): string {
  return `${chunks} ${size}`;
}

/**
 * Entries may say different things of the same bytes, and some of them lie: the next one, in their order, that says something else.
 * @param wrong what turned out not to be so
 */
export function saidOtherwise(
  shown: readonly Entry[],
  { entry, facts, wrong }: { readonly entry: Entry; readonly facts: FileFacts; readonly wrong: ReadonlySet<string> },
): { entry: Entry; facts: FileFacts } | undefined {
  const at = shown.findIndex(({ id }) => id === entry.id);
  for (const next of [...shown.slice(at + 1), ...shown.slice(0, at + 1)]) {
    const said = fileFacts(next);
    if (said && saidBy(said) !== saidBy(facts) && !wrong.has(saidBy(said))) return { entry: next, facts: said };
  }
  return undefined;
}

/** Puts into it what arrived. @param through the conversation for which it came. @throws (rejects) as the store */
export async function stored(
  part: PartialFile,
  chunk: number | 'manifest',
  bytes: Buffer,
  through: ConversationId | undefined,
): Promise<'ok' | 'wrong'> {
  if (chunk !== 'manifest') return part.write(chunk, bytes, through);
  return (await part.setManifest(bytes, through)) ? 'ok' : 'wrong';
}

export function outcomeOf(error: unknown): Outcome {
  return isParleyError(error) && error.code === 'storage_full' ? 'storage_full' : 'storage_failed';
}
