import { describe, expect, test } from '@jest/globals';
import type { NoticeView, PersonView } from '../../../protocol/local-api.js';
import { en } from '../text/en/index.js';
import { fa } from '../text/fa/index.js';
import { createTranslate } from '../text/translate.js';
import { failureText } from './failures.js';
import { noticeText, pathText, reasonText } from './daemon-texts.js';

const english = createTranslate(en, 'en-GB');
const persian = createTranslate({ ...en, ...fa }, 'fa-IR');
const notice = (code: string, username?: string): NoticeView => ({
  ...{ id: '1', level: 'warning', code, text: 'the daemon’s own', time: '2026-11-20T12:00:00.000Z' },
  ...(username !== undefined && { username }),
});

describe('what the daemon says', () => {
  test('is left to it in English, and told in other languages', () => {
    const refused = Object.assign(new Error('the daemon’s own'), { code: 'storage_full' });
    expect(failureText(english, refused)).toBe('the daemon’s own');
    expect(failureText(persian, refused)).toBe(fa['daemon.storage_full']);
  });

  test('is left to it in every language where there are no words for it', () => {
    expect(failureText(persian, Object.assign(new Error('new'), { code: 'of_tomorrow' }))).toBe('new');
    expect(noticeText(persian, notice('of_tomorrow'), 'maria')).toBe('the daemon’s own');
  });

  test('of devices is another thing of one’s own and of others', () => {
    expect(noticeText(persian, notice('device_added', 'Maria'), 'maria')).toBe(fa['daemon.device_added_own']);
    expect(noticeText(persian, notice('device_added', 'jonas'), 'maria')).toContain('jonas');
    expect(noticeText(persian, notice('device_revoked'), 'maria')).toBe(fa['daemon.device_revoked_here']);
    expect(noticeText(persian, notice('device_revoked', 'maria'), 'maria')).toBe(fa['daemon.device_revoked_own']);
    const laptop = { ...notice('device_added', 'maria'), device: 'Lena’s laptop' };
    expect(noticeText(persian, laptop, 'maria')).toContain('Lena’s laptop');
    expect(noticeText(persian, notice('storage_damaged'), 'maria')).toBe(fa['daemon.history_mended']);
    expect(noticeText(english, notice('verification_reset', 'jonas'), 'maria')).toBe('the daemon’s own');
    // Its digits are no matter of a bar.
    expect(noticeText(english, notice('device_added', 'jonas'), 'maria')).toBe(
      en['daemon.device_added'].replace('{{username}}', 'jonas'),
    );
  });

  test('of a clock that is wrong tells whose and by how much, in every language', () => {
    const off = (code: string, clockAheadMs: number, username?: string): string =>
      noticeText(persian, { ...notice(code, username), clockAheadMs }, 'maria');
    expect(off('clock_wrong', 3 * 24 * 3600_000)).toMatch(/۳ روز.*جلو است/);
    expect(off('tracker_clock_wrong', -90 * 60_000)).toMatch(/ردیاب .*۹۰ دقیقه.*عقب است/);
    expect(off('clocks_differ', 3 * 3600_000)).toMatch(/ردیاب .*۳ ساعت.*جلو است/);
    expect(off('peer_clock_wrong', 61_000, 'jonas')).toMatch(/jonas.*۱ دقیقه.*جلو است/);
    expect(off('peer_clock_differs', -61_000, 'jonas')).toMatch(/jonas.*۱ دقیقه.*عقب است/);
    expect(failureText(persian, Object.assign(new Error(''), { code: 'clock_wrong' }))).toBe(fa['daemon.clock_wrong']);
  });

  test('of somebody who is not linked says why', () => {
    const person: PersonView = { username: 'jonas', presence: 'offline', link: 'none', reason: 'He is away.' };
    expect(reasonText(english, person)).toBe('He is away.');
    expect(reasonText(persian, person)).toBe(fa['daemon.link_offline']);
    expect(reasonText(persian, { ...person, presence: 'online', link: 'connecting' })).toBe(
      fa['daemon.link_connecting'],
    );
    expect(reasonText(persian, { username: 'jonas', presence: 'online', link: 'linked' })).toBeUndefined();
  });

  test('of somebody who is linked says by which way, once there is a word for it', () => {
    const person = { username: 'jonas', presence: 'online', link: 'linked' } as const;
    expect(pathText(persian, { ...person, path: 'direct' })).toBe(fa['people.path_direct']);
    expect(pathText(persian, person)).toBeUndefined();
    expect(pathText(persian, { ...person, link: 'connecting', path: 'direct' })).toBeUndefined();
  });

  test('of an address that failed says which one and why, in the language of the reader', () => {
    const failed = (code: string, address?: string): PersonView => ({
      ...({ username: 'jonas', presence: 'online', link: 'connecting', reason: 'As the daemon says.' } as const),
      pathWhy: { code, ...(address === undefined ? {} : { address }) },
    });
    const silent = failed('silent', '203.0.113.5:9101');
    expect(reasonText(english, silent)).toBe('As the daemon says.');
    expect(reasonText(persian, silent)).toContain('203.0.113.5:9101');
    expect(reasonText(persian, silent)).toContain(fa['daemon.path_silent'].split('{{address}}')[1]);
    expect(reasonText(persian, failed('loopback_only'))).toBe(fa['daemon.path_loopback_only']);
    expect(reasonText(persian, failed('certificate_ended'))).toBe(fa['daemon.certificate_ended']);
    for (const code of ['constructor', 'of a later version']) {
      expect(reasonText(persian, failed(code))).toBe(fa['daemon.link_connecting']);
    }
  });
});
