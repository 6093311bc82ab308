/** How a file looks in a list. */
import type { Entry } from '../../protocol/entry.js';
import { fileFacts } from '../../protocol/file-facts.js';
import { fileKind } from '../../protocol/file-types.js';
import type { FileView } from '../../protocol/local-api.js';

/** @param here what is known of bytes that are here; undefined for those that are not */
export function fileView(
  entry: Entry,
  here: (sha256: string) => { pinned: boolean } | undefined,
): FileView | undefined {
  const facts = fileFacts(entry);
  if (!facts) return undefined;
  const { id, conversation, from, time } = entry;
  const { name, size, mime, sha256, thumbnail, width, height, duration } = facts;
  const found = here(sha256);
  return {
    ...{
      entry: id,
      conversation,
      from,
      time,
      name,
      size,
      mime,
      kind: fileKind(mime),
      sha256,
      here: found !== undefined,
    },
    ...(found?.pinned === true ? { pinned: true } : {}),
    ...(thumbnail === undefined ? {} : { thumbnail }),
    ...(width === undefined ? {} : { width }),
    ...(height === undefined ? {} : { height }),
    ...(duration === undefined ? {} : { duration }),
  };
}
