/** The files of one conversation, newest first, as far as they were asked for. */
import type { EntryView, FileView, LocalEvent } from '../../../protocol/local-api.js';
import { fileLook } from './files.js';

export type FileFilter = FileView['kind'];

export interface FileList {
  readonly conversation: string;
  /** Absent: all of them. */
  readonly kind?: FileFilter;
  /** Undefined until the first page came. */
  readonly list?: readonly FileView[];
  readonly more: boolean;
}

export interface FilePage {
  readonly conversation: string;
  readonly filter?: FileFilter;
  readonly before?: string;
  readonly files: readonly FileView[];
  readonly more: boolean;
}

export function listAsked(conversation: string, kind: FileFilter | undefined): FileList {
  return { conversation, more: false, ...(kind && { kind }) };
}

/** An answer to what is no longer asked is dropped, and so is a page that does not stand behind the last file. */
export function listWith(known: FileList, page: FilePage): FileList {
  const { conversation, filter, before, files, more } = page;
  if (conversation !== known.conversation || filter !== known.kind) return known;
  if (before === undefined) return { ...known, list: files, more };
  if (known.list?.at(-1)?.entry !== before) return known;
  return { ...known, list: [...known.list, ...files], more };
}

type Told = Extract<LocalEvent, { type: 'entries' | 'changed' }>;

/** What comes stands on top, what has come is here, and what was taken back goes. */
export function listAfter(known: FileList, event: Told): FileList {
  const { list } = known;
  if (!list || event.conversation !== known.conversation) return known;
  const told = event.entries.filter(({ kind }) => kind === 'file');
  if (told.length === 0) return known;
  const now = new Map(told.map((entry) => [entry.id, entry]));
  const kept = list.flatMap((file) => {
    const entry = now.get(file.entry);
    return entry ? (entry.deleted ? [] : [{ ...file, here: entry.here === true }]) : file;
  });
  const ids = new Set(list.map(({ entry }) => entry));
  const added = event.type === 'entries' ? told.filter(({ id }) => !ids.has(id)).flatMap(viewOf) : [];
  // Late ones, written long ago, belong further down: a fresh list has them there.
  const newest = list[0]?.time ?? '';
  const fresh = added.filter(({ kind, time }) => (known.kind ?? kind) === kind && time >= newest);
  return { ...known, list: [...fresh.reverse(), ...kept] };
}

function viewOf(entry: EntryView): FileView[] {
  const look = fileLook(entry);
  if (!look) return [];
  const { id, conversation, from, time, here = false } = entry;
  const { name, size, mime, kind, sha256, thumbnail, width, height, duration } = look;
  return [
    {
      ...{ entry: id, conversation, from, time, name, size, mime, kind, sha256, here },
      ...(thumbnail !== undefined && { thumbnail }),
      ...(width !== undefined && height !== undefined && { width, height }),
      ...(duration !== undefined && { duration }),
    },
  ];
}
