import { describe, expect, test } from '@jest/globals';
import type { DeviceView, NoticeView } from '../../../protocol/local-api.js';
import { changesOf, nextStep, sortedDevices } from './trust.js';

describe('trust', () => {
  const notice = (code: string, username?: string): NoticeView => ({
    id: `${code} ${username}`,
    level: 'warning',
    code,
    text: '',
    time: '',
    ...(username === undefined ? {} : { username }),
  });

  test('a notice of changed devices leads to the person, one of own devices to those', () => {
    expect(nextStep(notice('device_added', 'Bob'), 'alice')).toEqual({ kind: 'compare', username: 'Bob' });
    expect(nextStep(notice('verification_reset', 'Bob'), 'alice')).toEqual({ kind: 'compare', username: 'Bob' });
    expect(nextStep(notice('device_added', 'ALICE'), 'alice')).toEqual({ kind: 'own_devices' });
  });

  test('a notice of another tracker leads to saying that it is one’s own', () => {
    const changed = { ...notice('ca_changed'), id: 'ca_changed:abc' };
    expect(nextStep(changed, 'alice')).toEqual({ kind: 'tracker', ca: 'abc' });
  });

  test('other notices, and those of a daemon that names nobody, lead nowhere', () => {
    for (const other of [notice('ca_changed', 'Bob'), notice('device_added'), notice('toString', 'Bob')])
      expect(nextStep(other, 'alice')).toBeUndefined();
  });

  test('what has changed of a person is found by any case of their name', () => {
    const notices = [notice('device_added', 'Bob'), notice('device_added', 'carol'), notice('device_added', 'alice')];
    expect(changesOf(notices, 'bOB', 'alice')).toEqual([notices[0]]);
    expect(changesOf(notices, 'alice', 'alice')).toEqual([]);
  });

  test('own devices: this one, those in use, those revoked, each newest first', () => {
    const device = (name: string, changes: Partial<DeviceView> = {}): DeviceView => ({
      device: name,
      current: false,
      revoked: false,
      ...changes,
    });
    const devices = [
      device('gone', { revoked: true, created: '2026-01-09', revokedAt: '2026-02-01' }),
      device('gone later', { revoked: true, created: '2026-01-01', revokedAt: '2026-03-01' }),
      device('old', { created: '2026-01-02' }),
      device('untold'),
      device('new', { created: '2026-01-03' }),
      device('this', { current: true, created: '2026-01-01' }),
    ];
    expect(sortedDevices(devices).map(({ device: name }) => name)).toEqual([
      'this',
      'new',
      'old',
      'untold',
      'gone later',
      'gone',
    ]);
  });
});
