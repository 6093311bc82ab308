import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { inviteCode, isCodeAlone, parseInviteCode, partsOfLink, passwordAndCode } from './invite-code.js';
import { formatInvite, parseInvite } from './invite.js';

const code = inviteCode(Uint8Array.from({ length: 16 }, (_, at) => at * 2));

describe('the code of an invite', () => {
  test('has four groups of four, without letters that look like digits', () => {
    expect(code).toBe('0246-8ACE-GJMP-RTWY');
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 16, maxLength: 16 }), (bytes) => {
        expect(inviteCode(bytes)).toMatch(/^([0-9A-HJKMNP-TV-Z]{4}-){3}[0-9A-HJKMNP-TV-Z]{4}$/);
        expect(parseInviteCode(inviteCode(bytes))).toBe(inviteCode(bytes));
      }),
    );
  });

  test.each([['0246-8ace-gjmp-rtwy'], ['O2468ACEGJMPRTWY'], [' 02 46 8A CE GJ MP RT WY ']])(
    'is the same however it is typed: %j',
    (typed) => expect(parseInviteCode(typed)).toBe(code),
  );

  test('takes I and L for 1', () => expect(parseInviteCode('IL11-1111-1111-1111')).toBe('1111-1111-1111-1111'));

  test.each(['', '0246', `${code}0`, '0246-8ACE-GJMP-RTWU', `${' '.repeat(60)}${code}`, '٠246-8ACE-GJMP-RTWY'])(
    '%j is none',
    (text) => expect(parseInviteCode(text)).toBeUndefined(),
  );

  test('is taken out of an invite link that was pasted whole where a code is asked for', () => {
    const [ca, trackers] = ['A'.repeat(43), ['http://192.168.1.5:8001', 'http://10.0.0.7:8001']];
    const link = formatInvite({ trackers, ca, code });
    for (const pasted of [
      link,
      ` <${link.toLowerCase().replace('a'.repeat(43), ca)}>\n`,
      link.slice(link.indexOf('#')),
    ])
      expect(parseInviteCode(pasted)).toBe(code);
    expect(partsOfLink(link)).toEqual({ ca, code });
    const without = formatInvite({ trackers, ca });
    expect([parseInviteCode(without), partsOfLink(without)]).toEqual([undefined, { ca }]);
    for (const none of [
      `${link}~`,
      link.slice(0, -1),
      `${link} ${code}x`,
      `${'#1.'.repeat(2000)}${link}`,
      '~'.repeat(4096),
    ])
      expect(parseInviteCode(none)).toBeUndefined();
  });

  test.each([
    [true, ['0246-8ACE-GJMP-RTWY', ' 0246 8ace gjmp rtwy ', '02468ACEGJMPRTWY']],
    [false, ['02468acegjmprtwy', 'parley.example.org', 'chat-host', '192.168.1.5', 'http://0246-8ace-gjmp-rtwy', '']],
  ])('given for an address, it is known for a code alone: %j', (is, texts) =>
    expect(texts.map(isCodeAlone)).toEqual(texts.map(() => is)),
  );

  test('is the last word of a line behind a password, and never the password itself', () => {
    const link = formatInvite({ trackers: ['http://10.0.0.7:8001'], ca: 'A'.repeat(43), code });
    for (const invite of [code, code.toLowerCase(), link])
      expect(passwordAndCode(`correct  horse ${invite} `)).toEqual({ password: 'correct  horse', invite });
    const without = formatInvite({ trackers: ['http://10.0.0.7:8001'], ca: 'A'.repeat(43) });
    for (const password of [code, ` ${code}`, 'correct horse', `${code} horse`, `correct ${without}`, ''])
      expect(passwordAndCode(password)).toEqual({ password });
  });

  test('travels in the invite link, and a broken one makes the link no invite', () => {
    const invite = { trackers: ['http://192.168.1.5:8001', 'http://10.0.0.7:8001'], ca: 'A'.repeat(43), code };
    const link = formatInvite(invite);
    expect(new URL(link).hash.endsWith(`~${code}`)).toBe(true);
    expect(parseInvite(link)).toEqual(invite);
    expect(parseInvite(link.slice(0, -1))).toBeUndefined();
    expect(parseInvite(link.replace(`~${code}`, '~'))).toBeUndefined();
    expect(parseInvite(link.replace(`~${code}`, ''))).toEqual({ trackers: invite.trackers, ca: invite.ca });
  });
});
