/** A tiny `t()` with the conventions of i18next (`{{name}}`, `_one` and `_other`), so that it can take its place. */
import type { en } from './en/index.js';

type Catalogue = typeof en;
type Plain<Key extends string> = Key extends `${infer Base}_one` | `${infer Base}_other` ? Base : Key;
export type TextKey = Plain<keyof Catalogue>;
export type TextParams = Readonly<Record<string, string | number>>;
export type Translate = (key: TextKey, params?: TextParams) => string;

/** `count` chooses the plural form by the rules of the locale. */
export function createTranslate(catalogue: Readonly<Record<string, string>>, locale: string): Translate {
  const plurals = new Intl.PluralRules(locale);
  return (key, params = {}) => {
    const { count } = params;
    const form = typeof count === 'number' ? plurals.select(count) : undefined;
    const text = (form && (catalogue[`${key}_${form}`] ?? catalogue[`${key}_other`])) ?? catalogue[key] ?? key;
    return text.replace(/\{\{(\w+)\}\}/g, (whole, name: string) => String(params[name] ?? whole));
  };
}
