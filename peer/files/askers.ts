/**
 * Who has asked for which file, so that they hear of it once there is more of it here: those who were refused do not have to ask
 * again and again. Kept as long as they are linked, over the file links with them.
 */
import type { DeviceId, EntryId } from '../../protocol/ids.js';

/** Files of one device; the one that was asked for the longest ago is forgotten first. */
const FILES_MAX = 64;

interface Asked {
  /** What the entry shows; undefined where it was not known. */
  readonly sha256: string | undefined;
  readonly refused: boolean;
  /** There is more of it than was told. */
  isOwed: boolean;
}

export class Askers {
  private readonly devices = new Map<DeviceId, Map<EntryId, Asked>>();

  /** @param refused nothing of it was here for them */
  asked(device: DeviceId, entry: EntryId, about: { readonly sha256?: string | undefined; refused: boolean }): void {
    const files = this.devices.get(device) ?? new Map<EntryId, Asked>();
    this.devices.set(device, files);
    files.delete(entry);
    files.set(entry, { sha256: about.sha256, refused: about.refused, isOwed: false });
    const [oldest] = files.keys();
    if (files.size > FILES_MAX && oldest !== undefined) files.delete(oldest);
  }

  /** More of these files is here. */
  grown(files: ReadonlySet<string>): void {
    for (const asked of this.devices.values()) {
      for (const one of asked.values()) if (one.sha256 === undefined || files.has(one.sha256)) one.isOwed = true;
    }
  }

  /** Those to whom something may be owed. `refused`: they wait for it. */
  *owing(): Iterable<{ readonly device: DeviceId; readonly entry: EntryId; readonly refused: boolean }> {
    for (const [device, asked] of this.devices) {
      for (const [entry, { isOwed, refused }] of asked) if (isOwed) yield { device, entry, refused };
    }
  }

  /** They were told, or there is nothing to tell. */
  settled(device: DeviceId, entry: EntryId): void {
    const asked = this.devices.get(device)?.get(entry);
    if (asked) asked.isOwed = false;
  }

  /** They are not linked any more. */
  gone(device: DeviceId): void {
    this.devices.delete(device);
  }
}
