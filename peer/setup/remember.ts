/** What the next start is not to be told again, in the settings of the data directory. */
import { ParleyError } from '../../protocol/errors.js';
import type { Username } from '../../protocol/ids.js';
import type { Document } from '../settings/document.js';
import type { Settings } from '../settings/settings.js';

export interface Remembered {
  readonly username: Username;
  readonly trackers: readonly string[];
  /** PEM. */
  readonly trackerCa?: string | undefined;
}

export function remember(settings: Document<Settings>, { username, trackers, trackerCa }: Remembered): void {
  const { data } = settings;
  const same = data.username === username && data.trackerCa === trackerCa && sameList(data.trackers, trackers);
  if (same) return;
  settings.update((changed) => {
    changed.username = username;
    changed.trackers = [...trackers];
    if (trackerCa === undefined) delete changed.trackerCa;
    else changed.trackerCa = trackerCa;
  });
}

/**
 * Has the CA of an invite believed, and no other.
 * @throws ParleyError certificate_unknown when this data belongs to another tracker
 */
export function pinInvited(settings: Document<Settings>, ca: string): void {
  const { pins } = settings.data;
  if (pins.ca === ca) return;
  if (pins.ca !== undefined) throw otherTracker(settings.data.username);
  settings.update((changed) => {
    changed.pins.ca = ca;
  });
}

export function otherTracker(username: string | undefined): ParleyError {
  const whose = username === undefined ? 'The data here' : `The data of ${username} on this machine`;
  return new ParleyError(
    'certificate_unknown',
    `${whose} belongs to another tracker than this one. Choose another name, or start with another --data-dir.`,
  );
}

function sameList(a: readonly string[], b: readonly string[]): boolean {
  return a.length === b.length && a.every((item, at) => item === b[at]);
}
