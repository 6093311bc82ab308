import type { EditableSettings } from '../../protocol/admin-api.js';
import { ParleyError } from '../../protocol/errors.js';
import type { Retry } from '../retry.js';
import type { Registration, RunningSettings, Settings } from '../settings.js';
import type { Chosen, SettingsShelf } from './settings-shelf.js';

export interface SettingsBookOptions {
  shelf: SettingsShelf;
  /** What all parts look at: changed in place. */
  running: RunningSettings;
  /** Given on the command line of this tracker, which wins. */
  fixed: readonly (keyof EditableSettings)[];
  /** What `auto` is at this start. */
  registrationOf: (chosen: Settings['registration']) => Registration;
  /** What is changed holds for all trackers of it. */
  isCluster: boolean;
  retry: Retry;
  /** What another tracker has written could not be read. */
  failed: (error: unknown) => void;
}

/** The settings that admins change while the tracker runs. */
export class SettingsBook {
  /** One at a time, so that none is lost. */
  #changing: Promise<unknown> = Promise.resolve();

  private constructor(private readonly options: SettingsBookOptions) {}

  /** Errors: unavailable. */
  static async open(options: SettingsBookOptions): Promise<SettingsBook> {
    const book = new SettingsBook(options);
    // First, so that none is missed that is written while they are read.
    options.shelf.watch(() => void book.#reread().catch(options.failed));
    await options.retry('its settings', () => book.#reread());
    return book;
  }

  /** As they hold now. `fixed`: those that the command line says. */
  view(): { settings: EditableSettings; fixed: readonly (keyof EditableSettings)[]; isCluster: boolean } {
    const { running, fixed, isCluster } = this.options;
    const { name, welcome, chosen, guests, userList } = running;
    return { settings: { name, welcome, registration: chosen, guests, userList }, fixed, isCluster };
  }

  /**
   * Kept first, then they hold. @returns what has changed
   * Errors: forbidden for what the command line says; unavailable where they cannot be kept.
   */
  change(patch: Chosen): Promise<Chosen> {
    const done = this.#changing.then(() => this.#change(patch));
    this.#changing = done.catch(() => undefined);
    return done;
  }

  async #change(patch: Chosen): Promise<Chosen> {
    const { shelf, fixed } = this.options;
    const before = this.view().settings;
    const keys = Object.keys(patch) as (keyof EditableSettings)[];
    const changed = Object.fromEntries(
      keys.filter((key) => patch[key] !== undefined && patch[key] !== before[key]).map((key) => [key, patch[key]]),
    ) as Chosen;
    if (changed.name?.trim() === '')
      throw new ParleyError('bad_request', 'A tracker has a name. Write one, then save again.');
    const first = fixed.find((key) => key in changed);
    if (first !== undefined) {
      throw new ParleyError(
        'forbidden',
        `${first} was given on the command line of this tracker. Start it without, then change it here.`,
      );
    }
    if (Object.keys(changed).length === 0) return changed;
    await shelf.write(changed);
    this.#hold(changed);
    // Another tracker may have been later.
    await this.#reread();
    return changed;
  }

  async #reread(): Promise<void> {
    this.#hold(await this.options.shelf.read());
  }

  #hold(chosen: Chosen): void {
    const { running, fixed, registrationOf } = this.options;
    const free = Object.fromEntries(
      Object.entries(chosen).filter(([key]) => !fixed.includes(key as keyof EditableSettings)),
    ) as Chosen;
    const { registration, ...rest } = free;
    Object.assign(running, rest);
    if (registration !== undefined)
      Object.assign(running, { chosen: registration, registration: registrationOf(registration) });
  }
}
