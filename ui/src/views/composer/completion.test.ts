import { describe, expect, test } from '@jest/globals';
import { emojiSet } from '../../../emoji-data.js';
import { person } from '../../state/test-samples.js';
import { emojiSetOf } from '../../text/emoji-set.js';
import { isComplete, optionKey, optionsFor, queryAt, type Known } from './completion.js';

describe('what is being written before the caret', () => {
  const at = (marked: string) => {
    const caret = marked.indexOf('|');
    return queryAt(marked.replace('|', ''), caret);
  };

  test('is a person, a channel or an emoji', () => {
    expect(at('hi @bo|')).toEqual({ trigger: '@', text: 'bo', from: 3, to: 6, atStart: false });
    expect(at('#|')).toEqual({ trigger: '#', text: '', from: 0, to: 1, atStart: true });
    expect(at('see (#tec|h)')).toMatchObject({ trigger: '#', text: 'tec' });
    expect(at(':smi|')).toMatchObject({ trigger: ':', text: 'smi' });
    expect(at('\n  @Ngọc|')).toMatchObject({ text: 'Ngọc', atStart: true });
  });

  test('is a command at the very beginning alone', () => {
    expect(at('/to|')).toMatchObject({ trigger: '/', text: 'to', from: 0 });
    for (const text of [' /to|', 'a /to|', '/to |', '/usr/b|', '//t|'])
      expect([text, at(text)]).toEqual([text, undefined]);
  });

  test('is nothing elsewhere', () => {
    const texts = [
      '|@bob',
      'bob@host|',
      ':s|',
      ':)|',
      '10:30|',
      'a@|',
      'http://x|',
      '@bob |',
      '`@bo|',
      '```\n#a|',
      '##|',
    ];
    for (const text of texts) expect([text, at(text)]).toEqual([text, undefined]);
  });
});

describe('completions', () => {
  const channel = (name: string, members: number, joined = false) => ({ name, topic: '', members, joined });
  const known = (changes: Partial<Known> = {}): Known => ({
    people: [
      person('bob'),
      person('bobby', { name: 'Robert Ng' }),
      person('carol', { name: 'Bộ trưởng' }),
      person('dave', { presence: 'offline' }),
    ],
    channels: [channel('general', 9, true), channel('tech', 2), channel('tech-talk', 5), channel('biotech', 7, true)],
    emoji: emojiSetOf(emojiSet()),
    members: new Set(),
    spoken: [],
    ...changes,
  });
  const keys = (text: string, changes: Partial<Known> = {}): string[] => {
    const query = queryAt(text, text.length);
    return query ? optionsFor(query, known(changes)).map(optionKey) : [];
  };

  test('of commands are all that begin so', () => {
    expect(keys('/')).toHaveLength(9);
    expect(keys('/m')).toEqual(['/me', '/mute']);
    expect(keys('/X')).toEqual([]);
    const query = queryAt('/me', 3);
    expect(query && isComplete(query, { kind: 'command', name: 'me' })).toBe(true);
  });

  test('of people follow user name and shown name, with and without marks', () => {
    expect(keys('@bob')).toEqual(['@bob', '@bobby']);
    expect(keys('@bo')).toEqual(['@bob', '@bobby', '@carol']);
    expect(keys('@ng')).toEqual(['@bobby', '@carol']);
    expect(keys('@xyz')).toEqual([]);
  });

  test('have members first, and of them those who spoke last', () => {
    expect(keys('@')).toEqual(['@bob', '@bobby', '@carol', '@dave']);
    expect(keys('@', { members: new Set(['carol', 'dave']), spoken: ['dave'] })).toEqual([
      '@dave',
      '@carol',
      '@bob',
      '@bobby',
    ]);
  });

  test('of channels begin so, or hold it', () => {
    expect(keys('#tech')).toEqual(['#tech', '#tech-talk', '#biotech']);
    expect(keys('#')).toEqual(['#general', '#biotech', '#tech-talk', '#tech']);
  });

  test('of channels that were renamed know both names', () => {
    const channels = [{ ...channel('lab', 3, true), title: 'workshop' }, channel('works', 2)];
    expect(keys('#work', { channels })).toEqual(['#lab', '#works']);
    expect(keys('#la', { channels })).toEqual(['#lab']);
    const query = queryAt('see #workshop', 13);
    const [option] = query ? optionsFor(query, known({ channels })) : [];
    expect(query && option && isComplete(query, option)).toBe(true);
    const former = queryAt('see #lab', 8);
    expect(former && option && isComplete(former, option)).toBe(false);
  });

  test('of people have last whose account is disabled, unless it is their name', () => {
    const people = [person('bob', { disabled: true }), person('bobby'), person('bobo', { presence: 'offline' })];
    expect(keys('@bo', { people, members: new Set(['bob']) })).toEqual(['@bobby', '@bobo', '@bob']);
    expect(keys('@bob', { people })[0]).toBe('@bob');
  });

  test('of emoji are there once they are loaded', () => {
    expect(keys(':smi')[0]).toBe(':😄');
    expect(keys(':smi', { emoji: undefined })).toEqual([]);
  });

  test('are complete when written out', () => {
    const [bob] = optionsFor({ trigger: '@', text: 'BOB', from: 0, to: 4, atStart: true }, known());
    const query = { trigger: '@', from: 0, to: 4, atStart: true } as const;
    expect(bob && isComplete({ ...query, text: 'BOB' }, bob)).toBe(true);
    expect(bob && isComplete({ ...query, text: 'bo' }, bob)).toBe(false);
  });
});
