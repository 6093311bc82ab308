import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { dayStartUtc, parseSearch, type SearchText } from './search-query.js';

const parse = (query: string): SearchText => parseSearch(query, dayStartUtc);
const words = (query: string): string[] => parse(query).words.map(({ text, prefix }) => (prefix ? `${text}*` : text));
const day = (text: string): number => Date.parse(`${text}T00:00:00Z`);

describe('words', () => {
  test.each<[string, string[]]>([
    ['hello wor', ['hello', 'wor*']],
    ['hello world ', ['hello', 'world']],
    ['"exact phrase" wor', ['exact phrase', 'wor*']],
    ['"exact phrase"', ['exact phrase']],
    ['"open end', ['open end']],
    ['"word"', ['word']],
    ['don’t', ['don t']],
    ['snake_case-na', ['snake case na*']],
    ['a', ['a']],
    ['語', ['語*']],
    ['chào', ['chao*']],
    ['سلام دنیا', ['سلام', 'دنيا*']],
    ['NEAR(a b) AND *', ['near a', 'b', 'and*']],
    ['" OR "1', ['or', '1']],
    ['“smart quotes” x', ['smart quotes', 'x']],
    ['上海', ['上海']],
    ['上海东 边', ['上海 海东', '边*']],
    ['用iPhone手', ['用 iphone 手*']],
    ['"去上海 hello"', ['去上 上海 海 hello']],
    ['-hello ^x {y}', ['hello', 'x', 'y']],
    ['12:30', ['12 30*']],
    ['https://x.example/ab', ['https x example ab*']],
    ['🎉 ___ "" "-"', ['🎉']],
    ['   ', []],
  ])('%j looks for %j', (query, expected) => {
    expect(words(query)).toEqual(expected);
  });

  test('terms are the words to mark, each once', () => {
    expect(parse('deploy "blue  green" deploy from:bob').terms).toEqual(['deploy', 'blue green']);
  });
});

describe('filters', () => {
  test('can be anywhere, also several of one kind', () => {
    expect(parse('from:bob in:#general deploy FROM:@Carol in:@bob has:link has:file')).toMatchObject({
      from: ['bob', '@Carol'],
      in: ['#general', '@bob'],
      file: true,
      link: true,
      problems: [],
      terms: ['deploy'],
    });
  });

  test.each<[string, number | undefined, number | undefined]>([
    ['before:2026-11-20', undefined, day('2026-11-20')],
    ['after:2026-11-20', day('2026-11-21'), undefined],
    ['on:2026-11-30', day('2026-11-30'), day('2026-12-01')],
    ['on:2026-12', day('2026-12-01'), day('2027-01-01')],
    ['on:2026', day('2026-01-01'), day('2027-01-01')],
    ['after:2026-01-01 before:2026-02-01 after:2026-01-10', day('2026-01-11'), day('2026-02-01')],
    ['on:"2026-1-2"', day('2026-01-02'), day('2026-01-03')],
    ['ＯＮ：۲۰۲۶-۱۱-۳۰', day('2026-11-30'), day('2026-12-01')],
  ])('%s', (query, since, until) => {
    expect(parse(query)).toMatchObject({ since, until, problems: [], words: [] });
  });

  test('days are those of the user who asks', () => {
    const saigon = (year: number, month: number, d: number): number => Date.UTC(year, month - 1, d) - 7 * 3600_000;
    expect(parseSearch('on:2026-11-20', saigon)).toMatchObject({
      since: Date.parse('2026-11-19T17:00:00Z'),
      until: Date.parse('2026-11-20T17:00:00Z'),
    });
  });

  test.each([
    ['on:2026-02-30', 'on: takes a date'],
    ['before:yesterday', 'before: takes a date'],
    ['after:', 'after: takes a date'],
    ['has:picture', 'has: takes file or link.'],
    ['from:', 'Write a name behind from:'],
    ['in:#', 'Write a name behind in:'],
    ['subject:deploy', 'There is no filter subject: here.'],
  ])('%s is reported as a problem', (query, text) => {
    const { problems } = parse(query);
    expect(problems).toEqual([expect.stringContaining(text)]);
  });

  test('text that is not a filter is searched', () => {
    expect(words('todo:fix ')).toEqual(['todo fix']);
    expect(parse('https://x.example TODO: Note:').problems).toEqual([]);
  });
});

test('any input gives words that are safe within quotes, and no error', () => {
  const hostile = fc.string({
    unit: fc.constantFrom(
      '"',
      '*',
      ':',
      '(',
      ')',
      '^',
      '{',
      '-',
      ' ',
      '\\',
      '\u0000',
      'from:',
      'on:',
      'NEAR',
      'x',
      'é',
      '\ud83c',
      '1',
      'has:file',
    ),
  });
  fc.assert(
    fc.property(fc.oneof(hostile, fc.string({ unit: 'binary' })), (query) => {
      const { words: found, problems } = parse(query);
      for (const { text } of found)
        expect(text).toMatch(
          /^[\p{L}\p{N}\p{M}\p{RI}\p{Extended_Pictographic}]+(?: [\p{L}\p{N}\p{M}\p{RI}\p{Extended_Pictographic}]+)*$/u,
        );
      for (const problem of problems) expect(problem.length).toBeLessThan(2 * query.length + 200);
    }),
    { numRuns: 2000 },
  );
});
