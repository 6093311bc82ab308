/** Light, dark, or as the system says; and how large the text is. Kept in this browser. */
import type { PersistedState } from '../net/persisted-state.js';

export type ThemeChoice = 'system' | 'light' | 'dark';
export type TextSize = 'small' | 'medium' | 'large';

export class Theme {
  constructor(
    private readonly persisted: PersistedState,
    private readonly root: HTMLElement,
  ) {
    this.apply(this.choice);
    this.resize(this.size);
  }

  get choice(): ThemeChoice {
    const kept = this.persisted.read('theme');
    return kept === 'light' || kept === 'dark' ? kept : 'system';
  }

  get size(): TextSize {
    const kept = this.persisted.read('size');
    return kept === 'small' || kept === 'large' ? kept : 'medium';
  }

  apply(choice: ThemeChoice): void {
    this.#keep('theme', choice, 'system');
    // The colour around the window, where the system draws one: of the two in index.html the one that fits.
    for (const meta of this.root.querySelectorAll<HTMLMetaElement>('meta[name="theme-color"]')) {
      const scheme = meta.dataset['scheme'] ?? '';
      if (choice === 'system') meta.media = `(prefers-color-scheme: ${scheme})`;
      else meta.media = scheme === choice ? 'all' : 'not all';
    }
  }

  resize(size: TextSize): void {
    this.#keep('size', size, 'medium');
  }

  /** What is usual is not written anywhere. */
  #keep(name: 'theme' | 'size', value: string, usual: string): void {
    this.persisted.write(name, value === usual ? '' : value);
    if (value === usual) this.root.removeAttribute(`data-${name}`);
    else this.root.setAttribute(`data-${name}`, value);
  }
}
