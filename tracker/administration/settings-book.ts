import { chmod } from 'node:fs/promises';
import type { EditableSettings } from '../../protocol/admin-api.js';
import { ParleyError } from '../../protocol/errors.js';
import { SECRET_MODE } from '../data-dir.js';
import { settingsDocument, withDefaults, type Registration, type RunningSettings, type Settings } from '../settings.js';

export interface SettingsBookOptions {
  /** settings.json of this tracker. */
  file: string;
  /** What all parts look at: changed in place. */
  running: RunningSettings;
  /** Given on the command line, which wins at each start. */
  fixed: readonly (keyof EditableSettings)[];
  /** What `auto` is at this start. */
  registrationOf: (chosen: Settings['registration']) => Registration;
  /** Each tracker of a cluster has a settings.json of its own. */
  isCluster: boolean;
}

/** The settings that admins change while the tracker runs: kept in settings.json, beside what its owner has written there. */
export class SettingsBook {
  /** One at a time, so that none is lost. */
  #changing: Promise<unknown> = Promise.resolve();

  constructor(private readonly options: SettingsBookOptions) {}

  /** As they hold now. `fixed`: those that the command line says. `isCluster`: none is changed here. */
  view(): { settings: EditableSettings; fixed: readonly (keyof EditableSettings)[]; isCluster: boolean } {
    const { running, fixed, isCluster } = this.options;
    const { name, welcome, chosen, guests, userList } = running;
    return { settings: { name, welcome, registration: chosen, guests, userList }, fixed, isCluster };
  }

  /**
   * On the disk first. @returns what has changed
   * Errors: forbidden for what the command line says, and in a cluster; unavailable where the file cannot be read or written.
   */
  change(patch: Partial<EditableSettings>): Promise<Partial<EditableSettings>> {
    const done = this.#changing.then(() => this.#change(patch));
    this.#changing = done.catch(() => undefined);
    return done;
  }

  async #change(patch: Partial<EditableSettings>): Promise<Partial<EditableSettings>> {
    const { running, fixed, isCluster, registrationOf } = this.options;
    const before = this.view().settings;
    const keys = Object.keys(patch) as (keyof EditableSettings)[];
    const changed = Object.fromEntries(
      keys.filter((key) => patch[key] !== undefined && patch[key] !== before[key]).map((key) => [key, patch[key]]),
    ) as Partial<EditableSettings>;
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
    if (isCluster) {
      const text =
        'Each tracker of a cluster has its own settings.json: change it on each machine, then restart them in turn.';
      throw new ParleyError('forbidden', text);
    }
    await this.#write(changed);
    const { registration, ...rest } = changed;
    Object.assign(running, rest);
    if (registration !== undefined)
      Object.assign(running, { chosen: registration, registration: registrationOf(registration) });
    return changed;
  }

  /** What stands there is read anew: its owner may have edited it since the start. */
  async #write(changed: Partial<EditableSettings>): Promise<void> {
    const { file } = this.options;
    try {
      const document = settingsDocument(file);
      await document.read();
      // What the next start could not read is not written, nor written over.
      withDefaults(file, document.data);
      const next = { ...(document.data as object), ...changed };
      withDefaults(file, next);
      document.data = next;
      await document.write();
      await chmod(file, SECRET_MODE);
    } catch (error) {
      const why = error instanceof Error ? error.message : String(error);
      const text = `settings.json of this tracker cannot be changed (${why.slice(0, 200)}). Mend it on its machine, then try again.`;
      throw new ParleyError('unavailable', text, { cause: error });
    }
  }
}
