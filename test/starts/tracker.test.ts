/** `parley tracker` on a data directory with one broken file, as a real process. */
import { jest } from '@jest/globals';
import * as broken from './breakages.js';
import { tryStarts, type Case } from './profiles.js';

const KEY = /Ed25519 key|is empty/;
const unprivileged = true;
const cases: readonly Case[] = [
  { file: 'settings.json', is: 'empty', by: broken.empty, says: /not valid JSON.*Correct it/ },
  { file: 'settings.json', is: 'not JSON', by: broken.nonsense, says: /not valid JSON.*Correct it/ },
  { file: 'settings.json', is: 'an array', by: broken.holds('[]'), says: /one JSON object.*Correct it/ },
  { file: 'settings.json', is: 'of a newer version', by: broken.holds('{"version":2}'), says: /newer.*Update Parley/ },
  { file: 'settings.json', is: 'of no version', by: broken.holds('{"version":"2"}'), says: /version must.*Correct it/ },
  { file: 'settings.json', is: 'a directory', by: broken.directory, says: /is a directory.*start again/ },
  { file: 'settings.json', is: 'a pipe', by: broken.pipe, says: /a pipe or a device.*start again/ },
  { file: 'settings.json', is: 'without an end', by: broken.endless, says: /a pipe or a device.*start again/ },
  { file: 'settings.json', is: 'a link to nowhere', by: broken.danglingLink, says: /is not there.*start again/ },
  { file: 'settings.json', is: 'not to be read', by: broken.forbidden, unprivileged, says: /this account.*Give it/ },
  { file: 'ca-key.pem', is: 'empty', by: broken.empty, says: KEY },
  { file: 'ca-key.pem', is: 'cut', by: broken.cut, says: KEY },
  { file: 'ca-key.pem', is: 'a key of another kind', by: broken.keyOfAnotherKind, says: KEY },
  { file: 'ca-key.pem', is: 'a directory', by: broken.directory, says: /is a directory/ },
  { file: 'ca-key.pem', is: 'a pipe', by: broken.pipe, says: /a pipe or a device/ },
  { file: 'ca-key.pem', is: 'not to be read', by: broken.forbidden, unprivileged, says: /this account.*Give it/ },
  { file: 'ca.pem', is: 'empty', by: broken.empty, says: /not the certificate of.*Restore both/ },
  { file: 'ca.pem', is: 'cut', by: broken.cut, says: /not the certificate of.*Restore both/ },
  { file: 'ca.pem', is: 'a link to nowhere', by: broken.danglingLink, says: /is not there/ },
  { file: 'tracker.db', is: 'of a newer version', by: broken.newerSchema, says: /newer version.*Update Parley/ },
  { file: 'tracker.db', is: 'empty', by: broken.empty, says: /is empty.*Restore it/ },
  { file: 'tracker.db', is: 'cut', by: broken.cut, says: /cannot be opened.*Restore it/ },
  { file: 'tracker.db', is: 'no database', by: broken.nonsense, says: /cannot be opened.*Restore it/ },
  { file: 'tracker.db', is: 'a directory', by: broken.directory, says: /is a directory/ },
  { file: 'tracker.db', is: 'not to be written', by: broken.readOnly, unprivileged, says: /cannot be opened/ },
  { file: 'tracker.lock', is: 'no lock', by: broken.nonsense, says: /cannot be used. Remove it/ },
  { file: 'tracker.lock', is: 'a directory', by: broken.directory, says: /is a directory/ },
  { file: 'tracker.lock', is: 'a device', by: broken.endless, says: /a pipe or a device/ },
];
const taken: readonly Omit<Case, 'says'>[] = [
  { file: 'settings.json', is: 'with a byte order mark', by: broken.marked },
  { file: 'settings.json', is: 'from before there were versions', by: broken.holds('{"name":"Tea"}') },
  { file: 'tracker.lock', is: 'empty', by: broken.empty },
];

// A start takes seconds where the machine is busy.
jest.setTimeout(120_000);

tryStarts('tracker', { cases, taken, ready: /^\{"event":"ready"/ });
