import { shrugged } from '../../../protocol/slash-commands.js';
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { parseMarkdown } from './markdown.js';
import { plainText } from './markdown-plain.js';
import type { Block, Inline } from './markdown-tree.js';

const para = (...children: Inline[]): Block => ({ kind: 'paragraph', children });
const text = (content: string): Inline => ({ kind: 'text', text: content });
const read = (message: string): readonly Block[] => parseMarkdown(message).blocks;

function allInlines(blocks: readonly Block[]): readonly Inline[] {
  return blocks.flatMap((block) => {
    if (block.kind === 'quote') return allInlines(block.blocks);
    if (block.kind === 'list') return block.items.flatMap((item) => allInlines(item.blocks));
    if (block.kind === 'table') return deep(block.rows.flat(2));
    return 'children' in block ? deep(block.children) : [];
  });
}

function deep(pieces: readonly Inline[]): readonly Inline[] {
  return pieces.flatMap((piece) => ('children' in piece ? [piece, ...deep(piece.children)] : [piece]));
}

function hrefs(message: string): readonly string[] {
  return allInlines(read(message)).flatMap((piece) => (piece.kind === 'link' ? [piece.href] : []));
}

describe('what people write', () => {
  test('is emphasised, struck out, and shown as code', () => {
    expect(read('**bold** *it* _it_ ~~gone~~ `x = 1`')).toEqual([
      para(
        { kind: 'strong', children: [text('bold')] },
        text(' '),
        { kind: 'em', children: [text('it')] },
        text(' '),
        { kind: 'em', children: [text('it')] },
        text(' '),
        { kind: 'del', children: [text('gone')] },
        text(' '),
        { kind: 'code', text: 'x = 1' },
      ),
    ]);
  });

  test('keeps its lines and their indentation', () => {
    expect(read('one\n   two\n\nthree')).toEqual([
      para(text('one'), { kind: 'break' }, text('   two')),
      para(text('three')),
    ]);
  });

  test('has quotes, lists within lists, tasks, headings, rules and code', () => {
    expect(read('> said\n\nme')).toEqual([{ kind: 'quote', blocks: [para(text('said'))] }, para(text('me'))]);
    expect(read('3. a\n   - b\n4. c')).toEqual([
      {
        kind: 'list',
        start: 3,
        items: [
          { blocks: [para(text('a')), { kind: 'list', items: [{ blocks: [para(text('b'))] }] }] },
          { blocks: [para(text('c'))] },
        ],
      },
    ]);
    expect(read('- [x] done\n- [ ] not')).toEqual([
      {
        kind: 'list',
        items: [
          { done: true, blocks: [para(text('done'))] },
          { done: false, blocks: [para(text('not'))] },
        ],
      },
    ]);
    expect(read('## Title\n\n---')).toEqual([
      { kind: 'heading', level: 2, children: [text('Title')] },
      { kind: 'rule' },
    ]);
    expect(read('```TS title\nlet a = *b*;\n```')).toEqual([{ kind: 'code', language: 'ts', text: 'let a = *b*;' }]);
    expect(read('| a | b |\n|---|:-:|\n| 1 | **2** |')).toEqual([
      {
        kind: 'table',
        align: [null, 'center'],
        rows: [
          [[text('a')], [text('b')]],
          [[text('1')], [{ kind: 'strong', children: [text('2')] }]],
        ],
      },
    ]);
  });

  test.each([
    ['HTML', '<b onclick="x()">hi</b> <script>alert(1)</script>'],
    ['HTML of blocks', '<div>\n<img src=x onerror=alert(1)>\n</div>'],
    ['definitions of references', '[a]: /path "x"\n\n[a] and [a][a]'],
    ['references to characters', '&lt;b&gt; &#60;b&#62; &amp;'],
    ['sums', 'a * b * c = 3~4 or so ~5'],
    ['names with underscores', 'call some_long_name and __init__py_x'],
    ['rooms and marks', 'No # of C#, a#b, a@b.c, 2 > 1, x@y, /#z'],
    ['cells that a table would lose', '| a |\n|---|\n| 1 | lost |'],
    ['underlined lines', 'yes\n---x'],
    ['a shrug', shrugged('well')],
  ])('%s stay text', (_, message) => {
    const all = allInlines(read(message));
    expect(all.every((piece) => piece.kind === 'text' || piece.kind === 'break')).toBe(true);
    expect(plainText(parseMarkdown(message))).toBe(message.replace('\n\n', '\n'));
  });

  test('names people and channels, though not within code or what another one said', () => {
    const { blocks, mentions } = parseMarkdown(
      '@bob and **@Some_body**, see #general. `@eve` me@dan.example\n\n> @carol',
    );
    expect([...mentions]).toEqual(['bob', 'some_body']);
    expect(allInlines(blocks).filter(({ kind }) => kind === 'mention' || kind === 'channel')).toEqual([
      { kind: 'mention', name: 'bob' },
      { kind: 'mention', name: 'Some_body' },
      { kind: 'channel', name: 'general' },
      { kind: 'mention', name: 'carol' },
    ]);
  });

  test('is large where it is a few emoji', () => {
    expect(['👍', '👩‍👩‍👧‍👦 🇮🇷', '❤️🔥\n🎉'].map((message) => parseMarkdown(message).emoji)).toEqual([true, true, true]);
    expect(['👍 ok', '5', '👍'.repeat(9), ' '].map((message) => parseMarkdown(message).emoji)).toEqual([
      false,
      false,
      false,
      false,
    ]);
    expect(parseMarkdown(`${`👍${' '.repeat(18)}`.repeat(8)}x`).emoji).toBe(false);
  });

  test('is never empty', () => {
    expect(read('>')).not.toEqual([]);
    expect(read(' ')).toEqual([para(text(' '))]);
  });
});

describe('links', () => {
  const hostOf = (message: string): string | undefined =>
    allInlines(read(message)).flatMap((piece) => (piece.kind === 'link' ? [piece.host ?? 'as named'] : []))[0];

  test('are found in text, and end where the sentence does', () => {
    expect(hrefs('see https://a.example/x_y_z?q=*a*, (http://b.example/(c)).')).toEqual([
      'https://a.example/x_y_z?q=*a*',
      'http://b.example/(c)',
    ]);
  });

  test('may be named, and images are links', () => {
    expect(read('[the **site**](https://a.example)')).toEqual([
      para({
        kind: 'link',
        href: 'https://a.example/',
        children: [text('the '), { kind: 'strong', children: [text('site')] }],
      }),
    ]);
    expect(read('![cat](https://a.example/cat.png)')).toEqual([
      para({ kind: 'link', href: 'https://a.example/cat.png', children: [text('cat')] }),
    ]);
  });

  test.each([
    ['[google.com](https://evil.example/)', 'evil.example'],
    ['[https://google.com](https://evil.example/)', 'evil.example'],
    ['[www.google.com/login is safe](https://evil.example/)', 'evil.example'],
    ['[google。com](https://evil.example/)', 'evil.example'],
    ['[\u202emoc.elgoog\u202c](https://evil.example/)', 'evil.example'],
    ['https://google.com@evil.example/', 'evil.example'],
    ['https://gооgle.com/', 'xn--ggle-55da.com'],
    ['[a@b.example](mailto:eve@evil.example)', 'eve@evil.example'],
  ])('%s tells where it goes: %s', (message, host) => expect(hostOf(message)).toBe(host));

  test.each([
    'https://google.com/search',
    '[our site](https://a.example/)',
    '[a.example](https://a.example/)',
    '[v1.2](https://a.example/)',
    '<mailto:a@b.example>',
  ])('%s has nothing to tell', (message) => expect(hostOf(message)).toBe('as named'));

  test('of other schemes are text', () => {
    for (const address of [
      'javascript:alert(1)',
      'JaVa\tScRiPt:alert(1)',
      'data:text/html,x',
      'file:///etc',
      '//a.b',
      'x',
    ])
      expect(hrefs(`[a](${address}) [a](<${address}>) ![a](${address}) <${address}>`)).toEqual([]);
  });

  const snippet = fc.oneof(
    fc.constantFrom(...'[]()<>!*_~`#-\n\\: "\t&|@'.split('')),
    fc.constantFrom(
      '](',
      'javascript:',
      'JAVASCRIPT&colon;',
      'data:text/html,',
      'vbscript:',
      'https://',
      '&#106;',
      '\u0000',
    ),
    fc.string({ unit: 'binary', maxLength: 4 }),
  );
  const hostile = fc.array(snippet, { maxLength: 40 }).map((parts) => parts.join(''));

  test('lead nowhere but to http, https and mailto, whatever is written', () => {
    fc.assert(
      fc.property(hostile, (message) => {
        for (const href of hrefs(message)) expect(href).toMatch(/^(https?|mailto):/);
      }),
      { numRuns: 3_000 },
    );
  });

  test('and the property would catch one that does', () => {
    expect('javascript:alert(1)').not.toMatch(/^(https?|mailto):/);
    expect(hrefs('[a](https://b.example)')).toHaveLength(1);
  });
});

describe('what would cover, turn or hide', () => {
  const text = (message: string): string => plainText(parseMarkdown(message));

  test.each(['#', '>', '-', '```', '```\n```', '` ', '* *'])(
    '%j is shown as it was typed, not as nothing',
    (message) => {
      expect(text(message)).toBe(message);
    },
  );

  test('marks are bounded and directions taken out, also in code and links', () => {
    const [marks, turned] = ['\u0301'.repeat(40), '\u202ecba\u202c'];
    for (const message of [
      `a${marks} ${turned}`,
      `\`a${marks} ${turned}\``,
      `[a${marks} ${turned}](https://x.example)`,
    ]) {
      expect(text(message)).toBe(`a${'\u0301'.repeat(6)} cba`);
    }
  });
});

describe('nothing is lost', () => {
  const word = fc.string({ unit: fc.constantFrom(...'abcdeéسж'.split('')), minLength: 1, maxLength: 5 });
  const mark = fc.constantFrom(
    ' ',
    '*',
    '**',
    '_',
    '~~',
    '`',
    '\n',
    '\n\n',
    '\n- ',
    '\n> ',
    '\n# ',
    '[',
    '] (',
    '<',
    '>',
    '|',
    '\n    ',
    '\\',
    '&',
    '!',
    ' @',
    ' #',
    '\n|-|\n',
  );

  test('of the words, whatever stands between them', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(mark, word), { minLength: 1, maxLength: 30 }), (parts) => {
        const letters = (message: string): string => message.replace(/[^\p{L}]/gu, '');
        const message = parts.flat().join('');
        expect(letters(plainText(parseMarkdown(message)))).toBe(letters(message));
      }),
      { numRuns: 2_000 },
    );
  });
});
