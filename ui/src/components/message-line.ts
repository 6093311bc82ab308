/** A message on one line: for quotes, notices and lists. */
import type { EntryView, QuoteView } from '../../../protocol/local-api.js';
import { fileLook } from '../state/files.js';
import { fileLine } from '../text/file-words.js';
import type { Translate } from '../text/translate.js';
import { onOneLine } from './message-text.js';

/** What a message says, on one line: a text as it is, a file by its kind and name. Empty where there is nothing to see. */
export function messageLine(t: Translate, entry: Pick<EntryView, 'kind' | 'data' | 'deleted' | 'message'>): string {
  const text = onOneLine(entry.message);
  if (entry.kind !== 'file') return text;
  const look = fileLook(entry);
  return look ? fileLine(t, look, text) : text || t('file.other');
}

/** The same of what a message answers. */
export function quoteLine(t: Translate, { kind, message = '', file }: QuoteView): string {
  const text = onOneLine(message);
  if (kind !== 'file') return text;
  if (!file) return text === '' ? t('file.other') : text;
  return messageLine(t, { kind, message, data: { size: 0, sha256: '0'.repeat(64), ...file } });
}
