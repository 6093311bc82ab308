/** What a message is, on one line: for quotes, lists, notices, screen readers, and wherever there is no room for more. */
import type { EntryView, QuoteView } from '../../../protocol/local-api.js';
import { isSeen } from '../../../protocol/visible.js';
import { fileLook } from '../state/files.js';
import { fileLine } from './file-words.js';
import { markdownCache } from './markdown-cache.js';
import { oneLine } from './markdown-plain.js';
import type { Translate } from './translate.js';

/** What of a message is needed for its line. */
export type Lined = Pick<EntryView, 'kind' | 'data' | 'deleted' | 'message'>;

/** A text without the marks of its Markdown. Empty where there is nothing to see. */
export function onOneLine(text: string): string {
  return isSeen(text) ? oneLine(markdownCache.read(text)) : '';
}

/** A text as it is, a file by its kind, name and caption. Empty where there is nothing to see. */
export function messageLine(t: Translate, entry: Lined, plain: (text: string) => string = onOneLine): string {
  const text = plain(entry.message);
  if (entry.kind !== 'file' || entry.deleted === true) return text;
  const look = fileLook(entry);
  return look ? fileLine(t, look, text) : text || t('file.other');
}

/** What a quote tells of the message that is answered, as that message. */
export function quoted({ kind = 'text', message = '', file }: QuoteView): Lined {
  const facts = file && { size: 0, sha256: '0'.repeat(64), ...file };
  return { kind, message, data: facts ?? {} };
}
