/** The pictures that one goes through in the full view. */
import type { EntryView, FileView } from '../../../protocol/local-api.js';
import { fileForm, fileLook, lookOf, type FileLook } from './files.js';

/** A picture that is shown in full. `listed`: among those of the list of files, else among those of the timeline. */
export interface Viewed {
  readonly conversation: string;
  readonly entry: string;
  readonly listed: boolean;
}

export interface Shown {
  /** Of the entry. */
  readonly id: string;
  readonly conversation: string;
  readonly from: string;
  readonly time: string;
  readonly look: FileLook;
  readonly here: boolean;
  readonly caption: string;
}

/** Of what is loaded of a conversation, in its order. */
export function shownInTimeline(entries: readonly EntryView[]): readonly Shown[] {
  return entries.flatMap((entry) => {
    const look = fileLook(entry);
    if (!look || fileForm(look) !== 'picture') return [];
    const { id, conversation, from, time, message } = entry;
    return { id, conversation, from, time, look, here: entry.here === true, caption: message };
  });
}

/** Of the list of files, which says no captions. */
export function shownInList(files: readonly FileView[]): readonly Shown[] {
  return files.flatMap((file) => {
    const look = lookOf(file);
    if (!look || fileForm(look) !== 'picture') return [];
    const { entry, conversation, from, time, here } = file;
    return { id: entry, conversation, from, time, look, here, caption: '' };
  });
}
