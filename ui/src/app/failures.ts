/** What a person is told when something was refused: the daemon's own sentence, unless the UI has a better one. */
import type { TextKey, Translate } from '../text/translate.js';
import type { App } from './context.js';
import { refusalText } from './daemon-texts.js';

const better: Readonly<Record<string, TextKey>> = {
  daemon_unreachable: 'error.daemon_unreachable',
  disconnected: 'error.disconnected',
  timeout: 'error.timeout',
  invalid_credentials: 'error.invalid_credentials',
  name_taken: 'error.name_taken',
  invite_needed: 'start.error_invite_needed',
  invite_over: 'start.error_invite_over',
};

export function failureText(t: Translate, error: unknown): string {
  const code = typeof error === 'object' && error !== null && 'code' in error ? String(error.code) : '';
  const key = Object.hasOwn(better, code) ? better[code] : undefined;
  if (key) return t(key);
  const told = refusalText(t, code);
  if (told !== undefined) return told;
  return error instanceof Error ? error.message : t('error.unknown');
}

export function alertFailure(app: App, error: unknown): void {
  app.store.dispatch({ type: 'alert', id: app.newId(), text: failureText(app.t, error) });
}
