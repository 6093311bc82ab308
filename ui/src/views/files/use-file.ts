/** What components of files ask of the window: how far the bytes are, and whether what is to be drawn was looked at. */
import { useEffect, useMemo, useState } from 'preact/hooks';
import type { EntryView, TransferView } from '../../../../protocol/local-api.js';
import {
  checkPicture,
  checkThumbnail,
  knownPicture,
  knownThumbnail,
  type PictureCheck,
  type Thumbnail,
} from '../../app/picture-checks.js';
import { useDaemon } from '../../app/use-app.js';
import { fileLook, isGiant, type FileLook } from '../../state/files.js';
import { downOf, fileState, type FileState } from '../../state/transfers.js';

/** The file of an entry; undefined where it has none that can be used. */
export function useFileLook(entry: EntryView): FileLook | undefined {
  const { kind, data, deleted } = entry;
  return useMemo(() => fileLook({ kind, data, deleted }), [kind, data, deleted]);
}

export interface FileProgress {
  readonly state: FileState;
  readonly down: TransferView | undefined;
}

export function useProgress({ sha256 }: Pick<FileLook, 'sha256'>, here: boolean): FileProgress {
  const down = useDaemon((daemon) => downOf(daemon, sha256));
  return { state: fileState(here, down), down };
}

/** The address of the small picture that an entry carries, once it was looked at. */
export function useThumbnail(base64: string | undefined): string | undefined {
  const [found, setFound] = useState<{ of: string; thumbnail: Thumbnail }>();
  const known = base64 === undefined ? undefined : knownThumbnail(base64);
  useEffect(() => {
    if (base64 === undefined || known !== undefined) return undefined;
    let left = false;
    void checkThumbnail(base64).then((thumbnail) => {
      if (!left) setFound({ of: base64, thumbnail });
    });
    return () => {
      left = true;
    };
  }, [base64, known]);
  const thumbnail = known ?? (found && found.of === base64 ? found.thumbnail : undefined);
  return thumbnail === undefined || thumbnail === 'none' ? undefined : thumbnail.url;
}

/** `checking`: nothing of it is decoded yet. `unlike` also where the bytes could not be read. */
export function usePicture(look: FileLook, here: boolean): PictureCheck | 'checking' {
  const { sha256, size } = look;
  const giant = isGiant(look);
  const [found, setFound] = useState<{ of: string; check: PictureCheck }>();
  const known = knownPicture(sha256);
  const wanted = here && !giant && known === undefined;
  useEffect(() => {
    if (!wanted) return undefined;
    let left = false;
    const tell = (check: PictureCheck): void => {
      if (!left) setFound({ of: sha256, check });
    };
    checkPicture({ sha256, size }, (path, init) => fetch(path, init)).then(tell, () => tell('unlike'));
    return () => {
      left = true;
    };
  }, [sha256, size, wanted]);
  if (giant) return 'giant';
  return known ?? (found?.of === sha256 ? found.check : 'checking');
}
