/** What a person types behind a slash, whatever it is. */
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { actionMessage, actionOf, saidIn } from './action.js';
import { asTyped, readSlash, shrugged, slashNames, unslashed, windowSlashNames } from './slash-commands.js';

const read = (text: string) => readSlash(text, windowSlashNames);

describe('a line with a slash', () => {
  test.each([
    ['/me waves', 'me', 'waves'],
    ['/ME  waves at  all ', 'me', 'waves at  all'],
    ['/topic\nnew one', 'topic', 'new one'],
    ['/topic', 'topic', ''],
    ['/help ', 'help', ''],
  ])('%j is a command', (text, name, rest) => {
    expect(read(text)).toEqual({ kind: 'command', name, rest });
  });

  test('that lacks what it needs says so', () => {
    expect(read('/me')).toEqual({ kind: 'needs', name: 'me' });
    expect(read('/join  ')).toEqual({ kind: 'needs', name: 'join' });
  });

  test('that stands alone takes nothing that might be meant as whom', () => {
    expect(read('/mute bob')).toEqual({ kind: 'extra', name: 'mute' });
    expect(read('/mute  ')).toEqual({ kind: 'command', name: 'mute', rest: '' });
    expect(read('/help me')).toEqual({ kind: 'command', name: 'help', rest: 'me' });
  });

  test('that nobody knows is unknown, whatever its letters, and is never said whole', () => {
    expect(read('/frobnicate now')).toEqual({ kind: 'unknown', name: '/frobnicate' });
    expect(read('/کمک')).toEqual({ kind: 'unknown', name: '/کمک' });
    expect(read('/constructor')).toEqual({ kind: 'unknown', name: '/constructor' });
    expect(read(`/${'x'.repeat(70_000)}`)).toEqual({ kind: 'unknown', name: `/${'x'.repeat(32)}` });
    // Of the terminal alone.
    expect(read('/quit').kind).toBe('unknown');
    expect(readSlash('/quit', slashNames).kind).toBe('command');
  });

  test.each([
    '/usr/bin/env is there',
    '/',
    '/ 2',
    '/-',
    '/2',
    ' /me waves',
    'say /me',
    '/.config',
    '// a comment',
    '///',
  ])('%j is a text as it stands', (text) => expect(read(text)).toEqual({ kind: 'text', text }));

  test('two begin a text with one', () => {
    expect(read('//me waves')).toEqual({ kind: 'text', text: '/me waves' });
    expect(unslashed('//usr/bin')).toBe('/usr/bin');
  });

  test('of any text: what is taken back into the composer is sent as the same again', () => {
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom('/', 'm', 'e', ' ', '_', 'x') }), (message) => {
        expect(read(asTyped(message, undefined))).toEqual({ kind: 'text', text: message });
      }),
    );
    expect(read(asTyped('_waves_', 'waves'))).toEqual({ kind: 'command', name: 'me', rest: 'waves' });
  });
});

describe('an action', () => {
  const entry = { kind: 'text', message: actionMessage('waves'), data: { action: true } };

  test('is what was written, and a plain text once it was edited into one', () => {
    expect(actionOf(entry)).toBe('waves');
    expect(actionOf({ ...entry, message: actionMessage('writes snake_case\nin two lines') })).toContain('two lines');
    for (const message of ['waves', '_', '__', '_ x_', '_x _', ''])
      expect(actionOf({ ...entry, message })).toBeUndefined();
  });

  test.each(['', ' ', 'x', 'a\nb', '_'])('says what stands between its marks: %j', (text) => {
    expect(saidIn(actionMessage(text), { action: true })).toBe(text);
    expect(saidIn(actionMessage(text), {})).toBe(actionMessage(text));
  });

  test('is none without its mark, of a file, or where the mark is anything but true', () => {
    expect(actionOf({ ...entry, data: {} })).toBeUndefined();
    expect(actionOf({ ...entry, kind: 'file' })).toBeUndefined();
    expect(actionOf({ ...entry, data: { action: 'true' } })).toBeUndefined();
  });

  test('a shrug keeps its arms', () => {
    expect(shrugged('').replaceAll('\u2060', '')).toBe('¯\\_(ツ)_/¯');
    expect(shrugged('well').startsWith('well ¯')).toBe(true);
  });
});
