/** Light, dark, or as the system says. */
import type { Keeper } from '../net/storage.js';

export type ThemeChoice = 'system' | 'light' | 'dark';

export class Theme {
  constructor(
    private readonly keeper: Keeper,
    private readonly root: HTMLElement,
  ) {
    this.apply(this.choice);
  }

  get choice(): ThemeChoice {
    const kept = this.keeper.read('theme');
    return kept === 'light' || kept === 'dark' ? kept : 'system';
  }

  apply(choice: ThemeChoice): void {
    this.keeper.write('theme', choice === 'system' ? '' : choice);
    if (choice === 'system') delete this.root.dataset['theme'];
    else this.root.dataset['theme'] = choice;
  }
}
