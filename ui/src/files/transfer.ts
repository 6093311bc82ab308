/** Files in what is dropped or pasted. */
import { rememberHandle } from './handles.js';

export function holdsFiles(transfer: DataTransfer | null): boolean {
  return transfer?.types.includes('Files') === true;
}

/** Names of folders among what is dropped: a browser hands them over as files that cannot be read. */
export function foldersOf({ items }: DataTransfer): readonly string[] {
  return [...items].flatMap((item) => {
    const entry = entryOf(item);
    return entry?.isDirectory ? [entry.name] : [];
  });
}

export function filesOf({ items }: DataTransfer): readonly File[] {
  return [...items].flatMap((item) => {
    const file = item.kind === 'file' && !entryOf(item)?.isDirectory ? item.getAsFile() : null;
    if (file) rememberHandle(file, item);
    return file ? [file] : [];
  });
}

function entryOf(item: DataTransferItem): FileSystemEntry | null {
  return item.kind === 'file' ? item.webkitGetAsEntry() : null;
}

/** A page that holds one picture and nothing else: what browsers add to a picture that is copied. */
const ONE_PICTURE =
  /^(?:<meta[^>]*>|<!--[^]*?-->|<\/?(?:html|body)>|\s)*<img\b[^>]*>(?:<!--[^]*?-->|<\/(?:html|body)>|\s)*$/i;

/**
 * Files of the clipboard, unless it also holds the text of which they are only a picture: office programs add one to each text
 * and table that is copied. `now`: ms.
 */
export function pastedFiles(clipboard: DataTransfer, now: number): readonly File[] {
  const { types } = clipboard;
  if (!holdsFiles(clipboard)) return [];
  const html = types.includes('text/html') ? clipboard.getData('text/html') : '';
  if (types.includes('text/rtf') || (html !== '' && !ONE_PICTURE.test(html))) return [];
  return filesOf(clipboard).map((file) => named(file, now));
}

/** A browser calls every picture of the clipboard the same. */
function named(file: File, now: number): File {
  if (!/^image\.\w{1,5}$/.test(file.name)) return file;
  return new File([file], `image-${stamp(now)}${file.name.slice('image'.length)}`, { type: file.type });
}

/** `20261129-140512`, by this machine's clock: for the names of what has none. */
export function stamp(now: number): string {
  const at = new Date(now);
  const two = (value: number): string => String(value).padStart(2, '0');
  const day = `${at.getFullYear()}${two(at.getMonth() + 1)}${two(at.getDate())}`;
  return `${day}-${two(at.getHours())}${two(at.getMinutes())}${two(at.getSeconds())}`;
}
