/** What the daemon says, it says in English. */
import type { TextKey } from '../text/translate.js';
import type { App } from './context.js';

/** The daemon's own sentence, which knows more, where the person reads English; otherwise ours in their language. */
export function said(app: Pick<App, 't' | 'language'>, sentence: string | undefined, key: TextKey): string {
  return sentence !== undefined && app.language.code === 'en' ? sentence : app.t(key);
}
