/** A file in words: for quotes, notices, screen readers, and wherever there is no room for more. */
import type { FileLook } from '../state/files.js';
import type { TextKey, Translate } from './translate.js';

export function kindWord(t: Translate, { kind, voice }: Pick<FileLook, 'kind' | 'voice'>): string {
  return t(voice && kind === 'audio' ? 'file.voice' : `file.${kind}`);
}

/** "Picture: view.png", and its caption where it has one. */
export function fileLine(t: Translate, look: FileLook, caption: string): string {
  const params = { kind: kindWord(t, look), name: look.name };
  return caption === '' ? t('file.named', params) : t('file.captioned', { ...params, text: caption });
}

/** What stands under a name: "PDF · 2.4 MB", by the extension that is shown. */
export function typeWord(t: Translate, look: FileLook): string {
  const extension = /\.([A-Za-z0-9]{1,8})$/.exec(look.name)?.[1];
  return extension === undefined ? kindWord(t, look) : extension.toUpperCase();
}

const waits = {
  relayed: 'file.wait_relayed',
  queued: 'file.wait_queued',
  file_gone: 'file.wait_file_gone',
  storage_full: 'file.wait_storage_full',
  quota_full: 'file.wait_quota_full',
} as const satisfies Readonly<Record<string, TextKey>>;
const failures = {
  file_gone: 'file.failed_file_gone',
  file_wrong: 'file.failed_file_wrong',
  storage_failed: 'file.failed_storage_failed',
} as const satisfies Readonly<Record<string, TextKey>>;

/** `code`: why it waits. `users`: who has it, `names` as they are listed. */
export function waitText(t: Translate, code: string | undefined, users: number, names: string): string {
  if (code === 'nobody') return users === 0 ? t('file.wait_none') : t('file.wait_nobody', { count: users, names });
  return t(code !== undefined && Object.hasOwn(waits, code) ? waits[code as keyof typeof waits] : 'file.wait_unknown');
}

export function failedText(t: Translate, code: string | undefined): string {
  const known = code !== undefined && Object.hasOwn(failures, code);
  return t(known ? failures[code as keyof typeof failures] : 'file.failed_unknown');
}

const graphemes = new Intl.Segmenter(undefined, { granularity: 'grapheme' });
/** Letters of the end that stay in sight: an extension, and a little of what stands before it. */
const END = 10;
const JOINS = /^[\p{Script=Arabic}\p{Script=Syriac}]/u;

/** Where a long name may be shortened: at the end of `start`. Letters that join, as those of Persian, are not parted. */
export function cutFileName(name: string): { readonly start: string; readonly end: string } {
  const letters = Array.from(graphemes.segment(name), ({ segment }) => segment);
  let at = letters.length > 2 * END ? letters.length - END : letters.length;
  while (at < letters.length && JOINS.test(letters[at - 1] ?? '') && JOINS.test(letters[at] ?? '')) at++;
  return { start: letters.slice(0, at).join(''), end: letters.slice(at).join('') };
}
