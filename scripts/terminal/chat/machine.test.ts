import { beforeEach, describe, expect, test } from '@jest/globals';
import { textOf } from './editor.js';
import { listed, titleOf } from './model.js';
import { entry, snapshot, TestChat } from './test-chat.js';

let chat: TestChat;
beforeEach(() => {
  chat = new TestChat();
});

describe('what is shown', () => {
  test('begins with #general, its newest page, and the list with unread ones and mentions', () => {
    expect(chat.taken()).toEqual([{ do: 'page', conversation: '#general', place: {} }]);
    chat.page([entry('bob', 'hello')]);
    expect(chat.screen()).toMatch(/#general {2}all of us/);
    expect(chat.screen()).toMatch(/bob hello/);
    expect(chat.lines().find((line) => line.startsWith('●bob'))).toMatch(/@2 /);
  });

  test('comes as it comes; what somebody changes changes', () => {
    const said = entry('bob', 'helo');
    chat.page([said]);
    const answer = entry('alice', 'hi', { reply: { id: said.id, from: 'bob', message: 'helo' } });
    chat.act({ type: 'event', event: { type: 'entries', conversation: '#general', entries: [answer] } });
    const edited = { ...said, message: 'hello', edited: said.time, reactions: [{ emoji: '👍', users: ['alice'] }] };
    chat.act({ type: 'event', event: { type: 'changed', conversation: '#general', entries: [edited] } });
    expect(chat.screen()).toMatch(/bob hello \(edited\)[^]*👍 1[^]*↪ bob: helo[^]*alice hi/);
    const gone = { ...edited, message: '', deleted: true as const };
    chat.act({ type: 'event', event: { type: 'changed', conversation: '#general', entries: [gone] } });
    expect(chat.screen()).toMatch(/bob \(deleted\)/);
  });

  test('what a program posted by a webhook bears its name and a mark, in the language of the user', () => {
    for (const [language, mark] of [
      ['en', '[CI (hook)] built'],
      ['vi', '[CI (từ hook)] built'],
      ['fa', '[CI (هوک)] built'],
    ] as const) {
      const chat = new TestChat({ language }).page([entry('bob', 'built', { data: { hook: { name: 'CI' } } })]);
      const text = chat
        .lines()
        .join('\n')
        .replaceAll(/[\u2066-\u2069]/g, '');
      expect(text).toContain(`bob ${mark}`);
    }
  });

  test('nothing in it can drive the terminal, whoever wrote it where', () => {
    const evil = 'x\u001b]0;t\u0007\u009b2J\u202ey';
    const topic = { name: 'general', topic: evil, members: 1, joined: true };
    chat.act({ type: 'event', event: { type: 'channel', channel: topic } });
    chat.page([
      entry('bob', evil, {
        reply: { id: 'x', from: 'bob', message: evil },
        reactions: [{ emoji: evil, users: ['b'] }],
      }),
      entry('bob', evil, { kind: 'topic' }),
    ]);
    chat.act({ type: 'notice', text: evil });
    const [first] = chat.lines();
    expect(first).toContain('␛');
    expect(chat.screen()).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202a-\u202e]/);
    chat.act({ type: 'found', query: evil, entries: [entry('bob', evil)] });
    expect(chat.screen()).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202a-\u202e]/);
  });

  test('at every size: no row is wider or more than the window, and the cursor is in it', async () => {
    const { cells } = await import('./cells.js');
    const { frame } = await import('./view.js');
    chat.page([entry('bob', `${'日本語のテキスト'.repeat(9)} می‌خواهم ${'long '.repeat(60)}`), entry('alice', 'ok')]);
    chat.type('日本 '.repeat(70));
    for (const [columns, rows] of [
      [200, 50],
      [80, 24],
      [59, 12],
      [24, 7],
      [10, 3],
    ] as const) {
      chat.act({ type: 'resize', columns, rows });
      const { rows: drawn, cursor } = frame(chat.state);
      expect(drawn.length).toBeLessThanOrEqual(rows);
      for (const pieces of drawn)
        for (const { column, spans } of pieces)
          expect(column + cells(spans.map(({ text }) => text).join(''))).toBeLessThanOrEqual(columns);
      if (cursor) expect([cursor.row < rows, cursor.column < columns]).toEqual([true, true]);
    }
  });
});

describe('what is written', () => {
  test('is sent once by Enter, waits in sight, and goes when it is there', () => {
    chat.page([entry('bob', 'hello')]);
    chat.taken();
    chat.type('hi there').key('return');
    const [sent] = chat.taken();
    expect(sent).toMatchObject({ do: 'post', post: { conversation: '#general', message: 'hi there' } });
    expect(chat.screen()).toMatch(/… hi there/);
    const client = sent?.do === 'post' ? sent.post.client : '';
    const there = entry('alice', 'hi there', { client });
    chat.act({ type: 'event', event: { type: 'entries', conversation: '#general', entries: [there] } });
    expect(chat.screen().match(/hi there/g)).toHaveLength(1);
  });

  test('comes back to be mended when it is refused', () => {
    chat.type('x').key('return');
    chat.act({ type: 'refused', client: chat.state.pending[0]?.client ?? '', text: 'Too long. Shorten it.' });
    expect([textOf(chat.state.editor), chat.state.pending.length]).toEqual(['x', 0]);
    expect(chat.screen()).toMatch(/Too long/);
  });

  test('may have lines, is pasted whole, and // says /', () => {
    chat.key('', { text: 'two\nlines' }).key('enter').type('and more');
    expect(textOf(chat.state.editor)).toBe('two\nlines\nand more');
    chat.key('c', { ctrl: true }).type('//help').key('return');
    expect(chat.taken().at(-1)).toMatchObject({ do: 'post', post: { message: '/help' } });
  });

  test('stays as a draft where one goes elsewhere', () => {
    chat.type('begun').key('down', { alt: true });
    expect(chat.state.current).toBe('@alice+bob');
    expect(textOf(chat.state.editor)).toBe('');
    chat.key('up', { alt: true });
    expect(textOf(chat.state.editor)).toBe('begun');
  });

  test('is called as an admin has renamed it, and found by both names', () => {
    const channel = { name: 'tech', title: 'machines', topic: '', members: 1, joined: true };
    chat.act({ type: 'event', event: { type: 'channel', channel } });
    chat.act({
      type: 'event',
      event: { type: 'conversation', conversation: { id: '#tech', unread: 0, receipts: {} } },
    });
    expect(listed(chat.state).map(({ id }) => titleOf(chat.state, id))).toEqual(['#general', '#machines', 'bob']);
    for (const written of ['#machines', '#tech']) {
      chat.type(`/go ${written}`).key('return');
      expect(chat.state.current).toBe('#tech');
      chat.type('/go #general').key('return');
    }
  });

  test('is completed by Tab: commands, names, channels, in turn', () => {
    chat.type('/he').key('tab');
    expect(textOf(chat.state.editor)).toBe('/help ');
    chat.key('u', { ctrl: true }).type('@b').key('tab');
    expect(textOf(chat.state.editor)).toBe('@Bahram ');
    chat.key('tab');
    expect(textOf(chat.state.editor)).toBe('@bob ');
    chat.key('u', { ctrl: true }).type('see #g').key('tab');
    expect(textOf(chat.state.editor)).toBe('see #general ');
  });
});

describe('what is done with a message', () => {
  const mine = entry('alice', 'mine');
  const theirs = entry('bob', 'theirs');
  beforeEach(() => {
    chat.page([mine, theirs]);
    chat.taken();
  });

  test('the chosen one is answered', () => {
    chat.key('up').type('r').type('yes').key('return');
    expect(chat.taken()).toMatchObject([{ do: 'post', post: { message: 'yes', replyTo: theirs.id } }]);
  });

  test('a reaction is given, and taken away', () => {
    chat.key('up').type('+').type('👍').key('return');
    expect(chat.taken()).toMatchObject([
      { command: 'message.react', args: { target: theirs.id, emoji: '👍', on: true } },
    ]);
    const reactions = [{ emoji: '👍', users: ['alice'] }];
    chat.act({
      type: 'event',
      event: { type: 'changed', conversation: '#general', entries: [{ ...theirs, reactions }] },
    });
    chat.type('/react 👍').key('return');
    expect(chat.taken()).toMatchObject([{ args: { target: theirs.id, on: false } }]);
  });

  test('own ones alone are edited, and deleted once one is sure', () => {
    chat.key('up').type('e');
    expect(chat.screen()).toMatch(/Only messages of your own/);
    chat.key('up').type('e').type(' now').key('return');
    expect(chat.taken()).toMatchObject([{ command: 'message.edit', args: { target: mine.id, message: 'mine now' } }]);
    chat.type('/delete').key('return');
    expect(chat.taken()).toEqual([]);
    chat.type('n').type('/delete').key('return').type('y');
    expect(chat.taken()).toEqual([{ do: 'run', command: 'message.delete', args: { target: mine.id } }]);
  });
});

describe('history', () => {
  const many = Array.from({ length: 60 }, (_, at) => entry('bob', `m${at}`));

  test('older is asked for once before its end is reached, and what is looked at stays', () => {
    chat.page(many.slice(20), true);
    chat.taken();
    for (let i = 0; i < 3; i++) chat.key('pageup');
    expect(chat.taken()).toEqual([{ do: 'page', conversation: '#general', place: { before: many[20]?.id } }]);
    const seen = chat.lines()[10];
    chat.page(many.slice(0, 20), false, { before: many[20]?.id ?? '' });
    expect(chat.lines()[10]).toBe(seen);
    chat.act({ type: 'event', event: { type: 'entries', conversation: '#general', entries: [entry('bob', 'new')] } });
    expect(chat.lines()[10]).toBe(seen);
    for (let i = 0; i < 9; i++) chat.key('pageup');
    expect(chat.screen()).toMatch(/This is the beginning[^]*bob m0\n/);
  });

  test('is read once its end is seen', () => {
    const conversation = { id: '#general', unread: 3, receipts: {} };
    chat.page(many);
    chat.taken();
    chat.act({ type: 'event', event: { type: 'conversation', conversation } });
    chat.key('pageup');
    expect(chat.taken()).toEqual([]);
    chat.key('pagedown').key('pagedown');
    expect(chat.taken()[0]).toMatchObject({ command: 'conversation.read', args: { upTo: many.at(-1)?.id } });
  });

  test('what is found is gone to', () => {
    const found = entry('bob', 'needle', { conversation: '@alice+bob' });
    chat.type('/search needle').key('return');
    expect(chat.taken().at(-1)).toEqual({ do: 'search', query: 'needle' });
    chat.act({ type: 'found', query: 'needle', entries: [found] }).key('return');
    expect(chat.taken().at(-1)).toEqual({ do: 'page', conversation: '@alice+bob', place: { around: found.id } });
  });

  describe('around what was found in the past', () => {
    const newest = { do: 'page', conversation: '#general', place: {} };
    const page = { entries: many.slice(0, 40), more: true, newer: true, place: { around: many[20]?.id ?? '' } };
    beforeEach(() => {
      chat.page(many.slice(50));
      chat.act({ type: 'found', query: 'm20', entries: many.slice(20, 21) }).key('return');
      chat.act({ type: 'page', conversation: '#general', page });
      chat.taken();
    });

    test('one comes back to the newest by writing, and sees what one wrote', () => {
      chat.key('escape').type('now').key('return');
      const [sent, ...more] = chat.taken();
      expect(sent).toMatchObject({ do: 'post', post: { message: 'now' } });
      expect(more).toEqual([newest]);
      chat.page(many.slice(50));
      const client = sent?.do === 'post' ? sent.post.client : '';
      const there = entry('alice', 'now', { client });
      chat.act({ type: 'event', event: { type: 'entries', conversation: '#general', entries: [there] } });
      expect(chat.screen()).toMatch(/m59\n[^]*alice now/);
    });

    test('or by scrolling down, by Escape, or by going to it: asked for once', () => {
      for (let i = 0; i < 6; i++) chat.key('pagedown');
      expect(chat.taken()).toEqual([newest]);
      chat.act({ type: 'page', conversation: '#general', page }).key('escape').key('escape');
      expect(chat.taken()).toEqual([newest]);
      chat.act({ type: 'page', conversation: '#general', page });
      chat.act({ type: 'opened', conversation: '#general' });
      expect(chat.taken()).toEqual([newest]);
    });
  });

  test('of a conversation that was never opened is read when it is, whatever changed or came in it before', () => {
    const conversation = '@alice+bob';
    const first = entry('bob', 'first', { conversation });
    chat.act({ type: 'event', event: { type: 'changed', conversation, entries: [first] } });
    chat.act({
      type: 'event',
      event: { type: 'entries', conversation, entries: [entry('bob', 'x', { conversation })] },
    });
    chat.taken();
    chat.act({ type: 'opened', conversation });
    expect(chat.taken()).toEqual([{ do: 'page', conversation, place: {} }]);
  });
});

test('a daemon that ends is said, and one that comes back is read anew; what was written stays', () => {
  chat.page([entry('bob', 'hello')]).type('half a sen');
  chat.taken();
  chat.act({ type: 'down' });
  expect(chat.screen()).toMatch(/Your peer does not answer/);
  chat.act({ type: 'event', event: snapshot() });
  expect(chat.taken()).toEqual([{ do: 'page', conversation: '#general', place: {} }]);
  expect(chat.screen()).toMatch(/Your peer is there again/);
  expect(textOf(chat.state.editor)).toBe('half a sen');
});

test.each(['vi', 'fa'] as const)('all of its texts are in %s', async (language) => {
  const { fill, languageOf, textsIn } = await import('./texts.js');
  const names = (text: string): string[] => (text.match(/\{\w+\}/g) ?? []).sort();
  for (const [key, text] of Object.entries(textsIn.en)) {
    const there = textsIn[language][key as keyof typeof textsIn.en];
    expect([key, names(there)]).toEqual([key, names(text)]);
    expect([key, there]).not.toEqual([key, text]);
  }
  expect(languageOf({ LANG: `${language}_XX.UTF-8` })).toBe(language);
  expect(fill('{a} {b}', { a: 1 })).toBe('1 {b}');
  const other = new TestChat({ language }).page([entry('bob', 'x', { kind: 'join' })]);
  expect(other.screen()).toContain(fill(textsIn[language].joined, { name: 'bob' }));
});
