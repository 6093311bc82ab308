/** `t()` over i18next: one catalogue in one language, with keys that the compiler knows. */
import { createInstance } from 'i18next';
import { directionOf, holdNames, isolate } from './bidi.js';
import type { en } from './en/index.js';

type Texts = typeof en;
type Plain<Key extends string> = Key extends `${infer Base}_one` | `${infer Base}_other` ? Base : Key;
export type TextKey = Plain<keyof Texts>;
export type TextParams = Readonly<Record<string, string | number>>;
export type Catalogue = Readonly<Record<string, string>>;
/** `count` chooses the plural form. Numbers are written in the digits of the language; texts are put in as they are. */
export interface Translate {
  (key: TextKey, params?: TextParams): string;
  /** Of the texts: `en`. */
  readonly language: string;
}

/** `locale`: of the texts; its language chooses the plural forms, its whole the digits. */
export function createTranslate(catalogue: Catalogue, locale: string): Translate {
  const language = new Intl.Locale(locale).language;
  const direction = directionOf(language);
  const i18n = createInstance({
    lng: language,
    resources: { [language]: { translation: direction === 'rtl' ? held(catalogue) : catalogue } },
    initAsync: false,
    fallbackLng: false,
    // Keys are flat, and a colon in one is a colon.
    keySeparator: false,
    nsSeparator: false,
    // Preact escapes; what a person wrote must come out as they wrote it.
    interpolation: { escapeValue: false },
  });
  void i18n.init();
  const numbers = new Intl.NumberFormat(locale);
  const shown = (value: string | number): string =>
    typeof value === 'number' ? numbers.format(value) : isolate(value, direction);
  const translate = (key: TextKey, params?: TextParams): string => {
    if (!params) return i18n.t(key);
    const replace = Object.fromEntries(Object.entries(params).map(([name, value]) => [name, shown(value)]));
    const { count } = params;
    // `replace` keeps a parameter from being taken for an option; a value that looks like a reference to a text is none.
    return i18n.t(key, { replace, nest: false, ...(typeof count === 'number' && { count }) });
  };
  return Object.assign(translate, { language });
}

function held(catalogue: Catalogue): Catalogue {
  return Object.fromEntries(Object.entries(catalogue).map(([key, text]) => [key, holdNames(text)]));
}
