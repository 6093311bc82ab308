/** Names and types by which a file could do harm: what is sent of it, and by which headers, does none. */
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { conversation, username } from './test-services.js';
import { TestDoor } from './test-socket.js';

const PNG = Buffer.from('89504e470d0a1a0a0000000d49484452', 'hex');

let local: TestDoor;
beforeEach(async () => {
  local = await TestDoor.start();
});
afterEach(() => local.stop());

const get = (path: string): Promise<Response> =>
  local.fetch(path, { headers: { authorization: `Bearer ${local.token}` } });
const given = (bytes: Buffer | string, mime?: string): string =>
  local.peer.files.given(Buffer.from(bytes), mime).sha256;

describe('what others gave does no harm', () => {
  const HARMLESS = "default-src 'none'; sandbox";
  const SVG = '<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>';
  const HTML = '<!doctype html><script>alert(1)</script>';

  test.each([
    ['a picture', 'image/png', PNG, 'image/png', 'inline'],
    ['a picture that is none', 'image/png', HTML, 'application/octet-stream', 'attachment'],
    ['SVG', 'image/svg+xml', SVG, 'application/octet-stream', 'attachment'],
    ['HTML', 'text/html', HTML, 'application/octet-stream', 'attachment'],
    ['XHTML', 'application/xhtml+xml', HTML, 'application/octet-stream', 'attachment'],
    ['XML', 'text/xml', '<?xml version="1.0"?><a/>', 'application/octet-stream', 'attachment'],
    ['JavaScript', 'text/javascript', 'alert(1)', 'application/octet-stream', 'attachment'],
    ['JSON', 'application/json', '{}', 'application/octet-stream', 'attachment'],
    ['PDF', 'application/pdf', '%PDF-1.7', 'application/octet-stream', 'attachment'],
    ['a program', 'application/x-msdownload', 'MZ', 'application/octet-stream', 'attachment'],
    ['a picture called HTML', 'text/html', PNG, 'image/png', 'inline'],
    ['a page after a picture', 'text/html', Buffer.concat([PNG, Buffer.from(HTML)]), 'image/png', 'inline'],
  ])('%s', async (_what, claimed, bytes, type, disposition) => {
    const sha256 = given(bytes, claimed);
    const data = { name: 'x', size: bytes.length, mime: claimed, sha256, chunks: '0'.repeat(64) };
    local.peer.write(conversation('#general'), username('Bob'), [{ kind: 'file', message: '', data }]);
    const { headers } = await get(`/api/files/${sha256}`);
    expect(headers.get('content-type')).toBe(type);
    expect(headers.get('content-disposition')).toMatch(new RegExp(`^${disposition}; `));
    expect(headers.get('content-security-policy')).toBe(HARMLESS);
    expect(headers.get('x-content-type-options')).toBe('nosniff');
    expect(headers.get('cache-control')).toMatch(/^private, .*immutable$/);
    const saved = await get(`/api/files/${sha256}?download`);
    expect(saved.headers.get('content-disposition')).toMatch(/^attachment; /);
  });

  test.each([
    '../../etc/passwd',
    '..\\..\\windows\\system32\\cmd.exe',
    '/etc/passwd',
    'C:\\autoexec.bat',
    '\\\\server\\share\\x',
    '.',
    '..',
    '...',
    '.bashrc',
    '-rf',
    '--help',
    '~',
    '~root',
    'CON',
    'con.txt',
    'NUL',
    'COM1.png',
    'LPT9',
    'aux.c',
    'a"b.txt',
    "a'b.txt",
    'a;b=c.txt',
    'a\r\nSet-Cookie: x=1',
    'a\nb',
    'a\tb',
    'a\u0000b',
    'a\u007fb',
    'photo\u202egpj.exe',
    'photo\u2066x\u2069.exe',
    'a\u200bb.txt',
    'photo.jpg          .exe',
    'trailing.',
    'trailing ',
    ' leading',
    '%2e%2e%2fpasswd',
    '<script>alert(1)</script>.png',
    'a|b?c*d:e',
    'a\u{e0041}b',
    '👩‍👩‍👧‍👧.png',
    'ảnh đẹp.jpg',
    'تصویر.png',
    'x'.repeat(255),
    '​',
    '$(reboot).txt',
    '`id`.txt',
    'a／b.txt',
    'file:///etc/passwd',
  ])('a file called %j', async (name) => {
    const sha256 = given(PNG);
    const data = { name, size: PNG.length, mime: 'image/png', sha256, chunks: '0'.repeat(64) };
    local.peer.write(conversation('#general'), username('Bob'), [{ kind: 'file', message: '', data }]);
    const { headers, status } = await get(`/api/files/${sha256}`);
    expect([status, headers.get('set-cookie')]).toEqual([200, null]);
    const text = headers.get('content-disposition') ?? '';
    const [, plain, encoded] = /^inline; filename="([^"\\]*)"; filename\*=UTF-8''([\w!#$&+.^`|~%-]+)$/.exec(text) ?? [];
    for (const saved of [plain, decodeURIComponent(encoded ?? '')]) {
      expect(saved).toMatch(/^[^-~.\s/\\:<>|?*"\p{Cc}\p{Bidi_Control}][^/\\:<>|?*"\p{Cc}\p{Bidi_Control}]*$/u);
      expect(saved).toMatch(/[^.\s]$/u);
      expect(saved).not.toMatch(/^(con|nul|aux|com\d|lpt\d)(\.|$)/i);
    }
    expect(Buffer.byteLength(decodeURIComponent(encoded ?? ''))).toBeLessThanOrEqual(200);
  });
});
