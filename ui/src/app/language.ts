/** The language of the UI: as the browser's, or as chosen in this browser. Changes at once, without a reload. */
import type { PersistedState } from '../net/persisted-state.js';
import { directionOf } from '../text/bidi.js';
import { isLanguage, languages, loadCatalogue } from '../text/catalogues.js';
import type { LanguageCode } from '../text/catalogues.js';
import { en } from '../text/en/index.js';
import { createFormats } from '../text/format.js';
import type { Formats } from '../text/format.js';
import { createTranslate } from '../text/translate.js';
import type { Translate } from '../text/translate.js';

export type LanguageChoice = 'system' | LanguageCode;

export class Language {
  code: LanguageCode = 'en';
  t: Translate;
  formats: Formats;
  readonly #listeners = new Set<() => void>();

  /** `preferred`: the browser's languages, best first. Speaks English until `start` has loaded another. */
  constructor(
    private readonly persisted: PersistedState,
    private readonly root: Pick<HTMLElement, 'lang' | 'dir'>,
    private readonly preferred: readonly string[],
  ) {
    this.t = createTranslate(en, 'en');
    this.formats = createFormats(this.#localeOf('en'));
  }

  get choice(): LanguageChoice {
    const kept = this.persisted.read('language');
    return isLanguage(kept) ? kept : 'system';
  }

  /** What `choice` means here. */
  resolve(choice: LanguageChoice): LanguageCode {
    if (choice !== 'system') return choice;
    const spoken = this.preferred.map((tag) => tag.toLowerCase().split('-')[0]);
    return spoken.find((tag): tag is LanguageCode => isLanguage(tag)) ?? languages[0];
  }

  /** Speaks the language that was chosen. When it cannot be had, English stays: a page in English beats none. */
  async start(): Promise<void> {
    await this.#speak(this.resolve(this.choice)).catch(() => this.#show());
  }

  /** Fails, and leaves all as it was, when the language cannot be had. */
  async choose(choice: LanguageChoice): Promise<void> {
    await this.#speak(this.resolve(choice));
    this.persisted.write('language', choice === 'system' ? '' : choice);
  }

  subscribe(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }

  async #speak(code: LanguageCode): Promise<void> {
    const catalogue = await loadCatalogue(code);
    const locale = this.#localeOf(code);
    this.code = code;
    // What another language has not said yet is said in English.
    this.t = createTranslate({ ...en, ...catalogue }, locale);
    this.formats = createFormats(locale);
    this.#show();
  }

  #show(): void {
    this.root.lang = this.code;
    this.root.dir = directionOf(this.code);
    for (const listener of this.#listeners) listener();
  }

  /** The person's own variety of a language: its dates and digits. */
  #localeOf(code: LanguageCode): string {
    const own = this.preferred.find((tag) => tag.toLowerCase().split('-')[0] === code);
    return own ?? { en: 'en-GB', vi: 'vi-VN', fa: 'fa-IR' }[code];
  }
}
