/** Where the settings that admins change are kept: in settings.json of a tracker alone, in the store of a cluster for all of its trackers. */
import { chmod } from 'node:fs/promises';
import { Compile } from 'typebox/compile';
import { ChangeSettings, type EditableSettings } from '../../protocol/admin-api.js';
import { ParleyError } from '../../protocol/errors.js';
import { SECRET_MODE } from '../data-dir.js';
import type { Log } from '../log.js';
import { settingsDocument, withDefaults } from '../settings.js';
import type { RecordStore } from '../store/record-store.js';

export type Chosen = Partial<EditableSettings>;

export interface SettingsShelf {
  /** What was chosen, where that is not in settings.json already. Errors: unavailable. */
  read(): Promise<Chosen>;
  /** On the disk, or in the store, once it resolves. Errors: unavailable. */
  write(changed: Chosen): Promise<void>;
  /** Another tracker has written. */
  watch(listener: () => void): void;
}

const ID = 'tracker';
const chosen = Compile(ChangeSettings);
const KEYS = Object.keys(ChangeSettings.properties) as (keyof EditableSettings)[];

/** What a newer version has put there besides is not looked at, and stays. */
function chosenIn(value: unknown): Chosen {
  if (!chosen.Check(value)) return {};
  return Object.fromEntries(KEYS.filter((key) => key in value).map((key) => [key, value[key]]));
}

/** For all trackers of a cluster. */
export class SharedSettings implements SettingsShelf {
  constructor(
    private readonly records: RecordStore,
    private readonly log: Log,
  ) {}

  async read(): Promise<Chosen> {
    const value = await this.records.find('settings', ID);
    if (value !== undefined && !chosen.Check(value))
      this.log.warn({}, 'the settings that this cluster shares are not understood; those of settings.json hold');
    return chosenIn(value);
  }

  async write(changed: Chosen): Promise<void> {
    await this.records.update('settings', ID, (known) => ({
      ...(chosen.Check(known) ? known : {}),
      ...changed,
    }));
  }

  watch(listener: () => void): void {
    this.records.watch((kind, id) => kind === 'settings' && id === ID && listener());
  }
}

/** Of a tracker alone, beside what its owner has written there. */
export class SettingsFile implements SettingsShelf {
  /** @param file settings.json */
  constructor(
    private readonly file: string,
    private readonly records: RecordStore,
  ) {}

  /** What a cluster has shared came along with its copy: it goes on in the file. */
  async read(): Promise<Chosen> {
    const brought = chosenIn(await this.records.find('settings', ID));
    if (Object.keys(brought).length === 0) return {};
    await this.write(brought);
    await this.records.remove('settings', ID);
    return brought;
  }

  /** What stands there is read anew: its owner may have edited it since the start. */
  async write(changed: Chosen): Promise<void> {
    const { file } = this;
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

  watch(): void {
    // Nobody else writes.
  }
}
