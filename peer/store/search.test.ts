import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import type { Entry } from '../../protocol/entry.js';
import type { ConversationId, EntryId, UserKey } from '../../protocol/ids.js';
import { dayStartUtc, parseSearch } from '../../protocol/search-query.js';
import type { SearchRequest } from '../services.js';
import { general, TestStore, texts, Writers } from './test-store.js';

let held: TestStore;
let by: Writers;
beforeEach(() => {
  held = new TestStore();
  by = new Writers();
});
afterEach(() => held.close());

const tech = '#tech' as ConversationId;

function find(query: string, more: Partial<SearchRequest> = {}): Promise<{ entries: Entry[]; more: boolean }> {
  const { words, file, link, since, until, from } = parseSearch(query, dayStartUtc);
  return held.store.search({
    ...{ words, file, link, from: since, to: until, after: undefined, limit: 10, conversations: [general, tech] },
    users: from.length > 0 ? (from as UserKey[]) : undefined,
    ...more,
  });
}
const found = async (query: string, more: Partial<SearchRequest> = {}): Promise<string[]> =>
  texts((await find(query, more)).entries);

describe('search', () => {
  test('finds words, beginnings and phrases in what was only just written', async () => {
    held.write(...['Hello world', 'xin chào bạn', 'سلام دنیا', 'hello again'].map((text) => by.say('alice', text)));
    expect(await found('hello')).toEqual(['hello again', 'Hello world']);
    expect(await found('HELLO wor')).toEqual(['Hello world']);
    expect(await found('chao')).toEqual(['xin chào bạn']);
    expect(await found('دنیا')).toEqual(['سلام دنیا']);
    expect(await found('"hello again"')).toEqual(['hello again']);
    expect(await found('"again hello"')).toEqual([]);
  });

  test.each([
    '"',
    '*',
    'NEAR(',
    'a AND',
    '" OR "1',
    '   ',
    ';--',
    'message:hello',
    'place:c1',
    '^hello',
    '-hello',
    '\u0000x',
    '_',
  ])('takes %j as text', async (query) => {
    held.write(by.say('alice', 'hello'));
    await expect(find(query)).resolves.toMatchObject({ more: false });
  });

  test('the newest by their time come first, whenever they came here', async () => {
    const hours = (at: number) => ({ at: at * 3600 });
    held.write(
      by.say('alice', 'word a', hours(1)),
      by.say('alice', 'word c', hours(5)),
      by.say('alice', 'word e', hours(9)),
    );
    held.write(by.say('bob', 'word b', hours(3)), by.say('bob', 'word d', hours(7)));
    expect(await found('word')).toEqual(['word e', 'word d', 'word c', 'word b', 'word a']);
  });

  test('goes on after the last entry of a page', async () => {
    const all = Array.from({ length: 25 }, (_, at) => by.say('alice', `word ${at}`, { at: at * 1200 }));
    held.write(...all);
    const seen: string[] = [];
    let after: EntryId | undefined;
    for (;;) {
      const page = await find('word', { limit: 4, after });
      seen.push(...texts(page.entries));
      after = page.entries.at(-1)?.id;
      if (!page.more) break;
    }
    expect(seen).toEqual(texts(all).reverse());
    await expect(find('word', { after: 'A'.repeat(43) as EntryId })).rejects.toMatchObject({ code: 'not_found' });
  });

  test('finds an edited message by its present text alone, one that was taken back by none', async () => {
    const [a, b, c] = [by.say('alice', 'apple'), by.say('alice', 'banana'), by.say('alice', 'cherry')];
    const late = by.edit('alice', c, 'cranberry');
    held.write(late, by.remove('bob', a));
    const early = [by.edit('alice', a, 'apricot'), by.edit('alice', a, 'avocado')];
    held.write(a, b, c);
    expect(await found('apple')).toEqual(['apple']);
    expect(await found('cranberry')).toEqual(['cherry']);
    expect(await found('cherry')).toEqual([]);
    held.write(...early, by.remove('alice', b));
    for (const gone of ['apple', 'apricot', 'banana']) expect(await found(gone)).toEqual([]);
    expect(await found('avocado')).toEqual(['apple']);
    held.reopen();
    expect(await found('avocado')).toEqual(['apple']);
  });

  test('keeps to the conversations that it may look into', async () => {
    held.write(by.say('alice', 'word one'), by.say('alice', 'word two', { conversation: tech }));
    expect(await found('word', { conversations: [tech] })).toEqual(['word two']);
    expect(await found('word', { conversations: [] })).toEqual([]);
    expect(await found('word', { conversations: ['#nowhere' as ConversationId] })).toEqual([]);
    expect(await found('', { conversations: [general] })).toEqual(['word one']);
  });

  test('takes filters with words and alone', async () => {
    held.write(by.say('Bob_x-1', 'a word https://x.example', { at: 0 }), by.say('carol', 'a word', { at: 86_400 }));
    held.write(by.say('carol', 'see', { kind: 'file', data: { name: 'plan.pdf' }, at: 2 * 86_400 }));
    expect(await found('word', { users: ['bob_x-1' as UserKey] })).toEqual(['a word https://x.example']);
    expect(await found('', { users: ['carol' as UserKey] })).toEqual(['see', 'a word']);
    expect(await found('has:link')).toEqual(['a word https://x.example']);
    expect(await found('has:file')).toEqual(['see']);
    expect(await found('plan')).toEqual(['see']);
    expect(await found('word on:2026-01-02')).toEqual(['a word']);
    expect(await found('before:2026-01-02')).toEqual(['a word https://x.example']);
    expect(await found('after:2026-01-01')).toEqual(['see', 'a word']);
    expect(await found('word after:2026-01-02')).toEqual([]);
  });

  test('a time within an hour is kept to as well', async () => {
    held.write(by.say('alice', 'word early', { at: 10 }), by.say('alice', 'word late', { at: 1_000 }));
    const noonish = Date.UTC(2026, 0, 1) + 500_000;
    expect(await found('word', { from: noonish })).toEqual(['word late']);
    expect(await found('word', { to: noonish })).toEqual(['word early']);
  });
});
