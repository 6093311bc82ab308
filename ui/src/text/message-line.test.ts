/** Wherever a message stands on one line, a file is told by what it is and what it is called, in each language. */
import { describe, expect, test } from '@jest/globals';
import { entry } from '../state/test-samples.js';
import { languages, loadCatalogue } from './catalogues.js';
import { messageLine, quoted } from './message-line.js';
import { createTranslate } from './translate.js';

const data = { name: 'plan\u202e.pdf', size: 3, mime: 'application/pdf', sha256: '0'.repeat(64) };

describe.each(languages)('the line of a message in %s', (code) => {
  test.each([
    ['a file', { data }, /^\p{L}.*: plan\.pdf$/u],
    ['a file with a caption', { data, message: 'the **new** one' }, /^\p{L}.*: plan\.pdf. the new one$/u],
    ['a voice message', { data: { ...data, mime: 'audio/webm', voice: true } }, /^\p{L}/u],
    ['a file of which nothing can be used', { data: {} }, /^\p{L}+/u],
    ['one that was taken back', { data, deleted: true as const }, /^$/],
    ['a text', { kind: 'text', message: 'a `b` c' }, /^a b c$/],
  ])('that is %s', async (_what, changes, expected) => {
    const t = createTranslate(await loadCatalogue(code), code);
    // Names within a text of another direction are isolated from it.
    const line = messageLine(t, entry(1, { kind: 'file', message: '', ...changes })).replaceAll(/[\u2068\u2069]/g, '');
    expect(line).toMatch(expected);
    expect(line).not.toMatch(/\p{Bidi_Control}/u);
  });

  test.each([
    ['a file', data],
    ['a voice message', { ...data, mime: 'audio/webm', voice: true as const }],
  ])('is the same in a quote of it: %s', async (_what, shown) => {
    const t = createTranslate(await loadCatalogue(code), code);
    const original = { kind: 'file', message: 'new', data: shown };
    const { size: _size, sha256: _sha256, ...file } = shown;
    const line = messageLine(t, quoted({ id: '1', from: 'bob', kind: 'file', message: 'new', file }));
    expect(line).toBe(messageLine(t, entry(1, original)));
  });
});
