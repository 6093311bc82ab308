import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { formatInvite, looksLikeInvite, parseInvite, parseTracker } from './invite.js';
import { INVITE_MAX, INVITE_TRACKERS_MAX } from './limits.js';

const CA = 'Zm9vYmFyYmF6cXV4Zm9vYmFyYmF6cXV4Zm9vYmFyYmF';

describe('the address of a tracker', () => {
  test.each([
    ['http://192.168.1.5:8001', 'http://192.168.1.5:8001'],
    ['  http://192.168.1.5:8001/  ', 'http://192.168.1.5:8001'],
    ['192.168.1.5', 'http://192.168.1.5:8001'],
    ['192.168.1.5:9000', 'http://192.168.1.5:9000'],
    ['tracker.local', 'http://tracker.local:8001'],
    ['tracker.local:80', 'http://tracker.local'],
    ['localhost:8001/', 'http://localhost:8001'],
    ['[fd00::5]:8001', 'http://[fd00::5]:8001'],
    ['https://Chat.Example.ORG', 'https://chat.example.org'],
    ['https://example.org/parley/', 'https://example.org/parley'],
    ['http://192.168.1.5:8001/login.html', 'http://192.168.1.5:8001'],
    ['http://192.168.1.5:8001/join', 'http://192.168.1.5:8001'],
    ['<http://192.168.1.5:8001/join#1.x>', 'http://192.168.1.5:8001'],
    ['http://192.168.1.5:8001/?a=b#c', 'http://192.168.1.5:8001'],
  ])('%s is %s', (text, address) => expect(parseTracker(text)).toBe(address));

  test.each([
    '',
    ' ',
    'http://',
    'ftp://192.168.1.5',
    'javascript:alert(1)',
    'file:///etc/passwd',
    'http://user:secret@192.168.1.5:8001',
    'http://192.168.1.5:99999',
    'two words',
  ])('%j is not an address', (text) => expect(parseTracker(text)).toBeUndefined());

  test('has a maximum length', () => expect(parseTracker(`http://${'a'.repeat(INVITE_MAX)}`)).toBeUndefined());
});

describe('an invite', () => {
  test('is a link to the page of the tracker that explains it, and pins the CA after the #, which no server gets', () => {
    expect(formatInvite({ trackers: ['http://192.168.1.5:8001'], ca: CA })).toBe(
      `http://192.168.1.5:8001/join#1.${CA}`,
    );
  });

  test('may name several trackers, also under a path', () => {
    const invite = { trackers: ['https://example.org/parley', 'http://10.0.0.7:8001'], ca: CA };
    expect(parseInvite(formatInvite(invite))).toEqual(invite);
  });

  test('needs no quotes in a shell, and survives a mail program', () => {
    const link = formatInvite({ trackers: ['http://192.168.1.5:8001', 'http://10.0.0.7:8001'], ca: CA });
    expect(link).toMatch(/^[A-Za-z0-9:/.#_-]+$/);
    expect(parseInvite(` <${link}>\n`)).toEqual(parseInvite(link));
  });

  test.each([
    'http://192.168.1.5:8001/join',
    `http://192.168.1.5:8001/join#2.${CA}`,
    `http://192.168.1.5:8001/join#1.${CA.slice(1)}`,
    `http://192.168.1.5:8001/join#1.${CA}x`,
    `http://192.168.1.5:8001/join#1.${CA}.`,
    `http://192.168.1.5:8001/join#1.${CA}.${Buffer.from('javascript:alert(1)').toString('base64url')}`,
    `http://192.168.1.5:8001/other#1.${CA}`,
    `ftp://192.168.1.5:8001/join#1.${CA}`,
    `http://192.168.1.5:8001/join#1.${CA}${'.aHR0cDovL2E'.repeat(INVITE_TRACKERS_MAX)}`,
    CA,
  ])('%s is not an invite', (link) => expect(parseInvite(link)).toBeUndefined());

  test('that was cut is not taken for an address', () => {
    expect(looksLikeInvite(`http://192.168.1.5:8001/join#1.${CA.slice(5)}`)).toBe(true);
    expect(looksLikeInvite('http://192.168.1.5:8001/join')).toBe(false);
    expect(looksLikeInvite('192.168.1.5')).toBe(false);
  });

  test('is parsed to what it was made from', () => {
    const b64u = fc.stringMatching(/^[A-Za-z0-9_-]{43}$/);
    const tracker = fc.webAuthority({ withPort: true }).map((authority) => parseTracker(`http://${authority}`) ?? '');
    const trackers = fc.uniqueArray(tracker.filter(Boolean), { minLength: 1, maxLength: INVITE_TRACKERS_MAX });
    fc.assert(
      fc.property(trackers, b64u, (addresses, ca) => {
        const link = formatInvite({ trackers: addresses, ca });
        fc.pre(link.length <= INVITE_MAX);
        expect(parseInvite(link)).toEqual({ trackers: addresses, ca });
      }),
    );
  });

  test('is an invite or undefined for any text', () => {
    const piece = fc.oneof(fc.string({ unit: 'binary' }), fc.constantFrom('http://', '/join', '#1.', CA, '.', ':8001'));
    fc.assert(
      fc.property(fc.array(piece), (pieces) => {
        const invite = parseInvite(pieces.join(''));
        for (const address of invite?.trackers ?? []) expect(parseTracker(address)).toBe(address);
      }),
    );
  });
});
