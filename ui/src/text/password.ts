/** What is wrong with a password before it is sent, in words. */
import { PASSWORD_MAX, PASSWORD_MIN } from '../limits.js';
import { opaqueString } from '../../../protocol/password.js';
import { utf8Length } from './bytes.js';
import type { Translate } from './translate.js';

/** `register`: it is to be a new one. */
export function passwordProblem(t: Translate, password: string, register: boolean): string | undefined {
  if (password === '') return t('signin.empty');
  const opaque = opaqueString(password);
  if (register && opaque === undefined) return t('signin.control');
  const bytes = utf8Length(opaque ?? password);
  if (register && bytes < PASSWORD_MIN) return t('signin.too_short', { min: PASSWORD_MIN });
  return bytes > PASSWORD_MAX ? t('signin.too_long', { max: PASSWORD_MAX }) : undefined;
}
