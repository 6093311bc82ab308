/** The languages of the UI. English comes with the page; the others come when they are chosen, a file each. */
import { en } from './en/index.js';
import type { Catalogue } from './translate.js';

export const languages = ['en', 'vi', 'fa'] as const;
export type LanguageCode = (typeof languages)[number];

/** What each language calls itself, so that it is found by those who read no other. */
export const languageNames: Readonly<Record<LanguageCode, string>> = { en: 'English', vi: 'Tiếng Việt', fa: 'فارسی' };

export function isLanguage(text: string | undefined): text is LanguageCode {
  return languages.some((code) => code === text);
}

/** Fails when the file cannot be had. */
export async function loadCatalogue(code: LanguageCode): Promise<Catalogue> {
  switch (code) {
    case 'en':
      return en;
    case 'vi':
      return (await import('./vi/index.js')).vi;
    case 'fa':
      return (await import('./fa/index.js')).fa;
  }
}
