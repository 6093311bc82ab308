/** What a simulated disk knows of `file` entries, in place of the tables of the real store: by id, by content, and what was taken back. */
import type { Entry } from '../../../protocol/entry.js';
import { fileFacts } from '../../../protocol/file-facts.js';
import { sameUser, type EntryId } from '../../../protocol/ids.js';
import { relationOf } from '../../../protocol/relations.js';

export class FileIndex {
  private readonly entries = new Map<EntryId, Entry>();
  private readonly contents = new Map<string, Set<Entry>>();
  private readonly deletions = new Map<EntryId, Set<Entry>>();

  add(entry: Entry): void {
    const facts = fileFacts(entry);
    const target = targetOf(entry);
    if (target !== undefined) put(this.deletions, target, entry);
    if (!facts) return;
    this.entries.set(entry.id, entry);
    put(this.contents, facts.sha256, entry);
  }

  private remove(entry: Entry): void {
    if (entry.kind === 'text') return;
    const facts = fileFacts(entry);
    const target = targetOf(entry);
    if (target !== undefined) this.deletions.get(target)?.delete(entry);
    if (!facts) return;
    this.entries.delete(entry.id);
    this.contents.get(facts.sha256)?.delete(entry);
  }

  /** @returns how many there are */
  removed(entries: readonly Entry[]): number {
    for (const entry of entries) this.remove(entry);
    return entries.length;
  }

  clear(): void {
    for (const each of [this.entries, this.contents, this.deletions]) each.clear();
  }

  get(id: EntryId): Entry | undefined {
    return this.entries.get(id);
  }

  /** Those that were not taken back, the last that came first. */
  of(sha256: string): Entry[] {
    return this.all(sha256).filter((entry) => !this.isDeleted(entry));
  }

  /** Also what was taken back. */
  all(sha256: string): Entry[] {
    return [...(this.contents.get(sha256) ?? [])].reverse();
  }

  isDeleted({ id, from, conversation }: Entry): boolean {
    for (const deletion of this.deletions.get(id) ?? [])
      if (sameUser(deletion.from, from) && deletion.conversation === conversation) return true;
    return false;
  }

  hashes(): IterableIterator<string> {
    return this.contents.keys();
  }

  /** The file that this entry takes back, if it is here. */
  takenBack(entry: Entry): Entry | undefined {
    const target = targetOf(entry);
    return target === undefined ? undefined : this.entries.get(target);
  }
}

function targetOf(entry: Entry): EntryId | undefined {
  const relation = relationOf(entry);
  return relation?.kind === 'delete' ? relation.target : undefined;
}

function put<Key>(map: Map<Key, Set<Entry>>, key: Key, entry: Entry): void {
  const set = map.get(key);
  if (set) set.add(entry);
  else map.set(key, new Set([entry]));
}
