import { join } from 'node:path';
import { DatabaseSync } from '@photostructure/sqlite';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { indexTokens } from '../../protocol/folding.js';
import type { ConversationId, EntryId, UserKey } from '../../protocol/ids.js';
import { dayStartUtc, parseSearch } from '../../protocol/search-query.js';
import type { Found, SearchRequest } from '../services.js';
import { general, TestStore, texts, Writers } from './test-store.js';

let held: TestStore;
let by: Writers;
beforeEach(() => {
  held = new TestStore();
  by = new Writers();
});
afterEach(() => held.close());

const tech = '#tech' as ConversationId;

function find(query: string, more: Partial<SearchRequest> = {}): Promise<Found> {
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
    ['đường', 'duong'],
    ['我家在上海东边', '上海', '海', '边', '"在上海"'],
    ['안녕하세요 여러분', '하세', '여러', '"안녕하세요 여러"'],
    ['パーティーへ', 'ぱーてぃー', 'ﾊﾟｰ'],
    ['ผมพูดภาษาไทย', 'ภาษา', 'ย'],
    ['می‌خواهم بروم', 'میخواهم', '"می‌خواهم بروم"', 'برو'],
    ['علي مُحَمَّد ۱۲۳۴۵', 'علی', 'محمد', '12345', '١٢٣٤٥'],
    ['Straße ΟΔΌΣ ｆｕｌｌ', 'STRASSE', 'οδος', 'full', '"straße οδός"'],
    ['call foo_bar(https://x.example/wiki) 🎉', 'foo_bar', 'x.example/wi', '🎉', 'bar(https'],
  ])('finds %j by however it is typed', async (text, ...queries) => {
    held.write(by.say('alice', text), by.say('alice', 'nothing of it'));
    for (const query of queries) expect([query, await found(query)]).toEqual([query, [text]]);
    expect(await found(text)).toEqual([text]);
  });

  test('whatever was written is found by each of its words', async () => {
    const word = fc
      .string({ unit: 'grapheme', minLength: 1, maxLength: 8 })
      .map((text) => text.replace(/[\s":]/gu, ''));
    await fc.assert(
      fc.asyncProperty(fc.array(word, { minLength: 1, maxLength: 5 }), async (words) => {
        const entry = by.say('alice', words.join(' '));
        held.write(entry);
        for (const each of words.filter((text) => indexTokens(text) !== ''))
          expect(
            (await find(each.toUpperCase().normalize('NFD'), { limit: 500 })).entries.map(({ id }) => id),
          ).toContain(entry.id);
      }),
      { numRuns: 100 },
    );
  });

  test.each(['\ufdfa'.repeat(256), '上'.repeat(256), '海 '.repeat(128), '"a" '.repeat(64), '👍'.repeat(128)])(
    'takes the longest query %#',
    async (query) => {
      held.write(by.say('alice', `x ${query.repeat(3)}`));
      expect((await find(query)).entries).toHaveLength(1);
    },
  );

  test('an index that another folding made is made anew behind, also after a stop in the middle, and says so meanwhile', async () => {
    const many = Array.from({ length: 9_000 }, (_, n) => by.say('alice', `đường ${n}`));
    held.write(...many);
    while (held.store.indexSlice());
    expect(await found('duong 8999')).toEqual(['đường 8999']);
    held.busy = true;
    held.reopen(() => {
      const db = new DatabaseSync(join(held.directory, 'history.db'));
      db.exec(`DROP TABLE entry_words;
        CREATE VIRTUAL TABLE entry_words USING fts5 (
          message, place, content = '', contentless_delete = 1, tokenize = 'unicode61 remove_diacritics 2', prefix = '2 3'
        );
        UPDATE index_state SET folding = 0, words = 9000`);
      db.close();
    });
    // A search does a bounded piece of what is missing; the newest come last.
    expect(await find('duong 8999')).toMatchObject({ entries: [], behind: true });
    expect(await found('"duong 7"')).toEqual(['đường 7']);
    held.reopen();
    while (held.store.indexSlice());
    const whole = await find('duong 8999');
    expect(texts(whole.entries)).toEqual(['đường 8999']);
    expect(whole.behind).toBeUndefined();
    expect((await find('duong', { limit: 20_000 })).entries).toHaveLength(9_000);
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
