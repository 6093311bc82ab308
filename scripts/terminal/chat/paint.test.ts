/** What is written to the terminal, read back from one: xterm's own, without a screen. */
import { PassThrough } from 'node:stream';
import type { ReadStream, WriteStream } from 'node:tty';
import xterm from '@xterm/headless';
import { expect, test } from '@jest/globals';
import { Keyboard } from './keyboard.js';
import type { Key } from './model.js';
import { Painter } from './paint.js';
import { Screen } from './screen.js';
import { entry, TestChat } from './test-chat.js';
import { frame } from './view.js';

class Seen {
  readonly terminal = new xterm.Terminal({ cols: 80, rows: 24, allowProposedApi: true });
  constructor(readonly painter = new Painter(true)) {}

  write(chat: TestChat): Promise<string[]> {
    const bytes = this.painter.paint(frame(chat.state));
    return new Promise((resolve) => this.terminal.write(bytes, () => resolve(this.rows())));
  }

  rows(): string[] {
    const { active } = this.terminal.buffer;
    return Array.from({ length: 24 }, (_, row) => active.getLine(row)?.translateToString(true) ?? '');
  }
}

const bare = (text: string): string => text.replaceAll(/[\u2066-\u2069]/g, '').trimEnd();

test('each part stands in its column, after wide characters, joined ones and text from right to left', async () => {
  const chat = new TestChat();
  chat.page([entry('bob', '日本語'), entry('bob', 'می‌خواهم'), entry('bob', 'e\u0301a\u0323'), entry('bob', 'plain')]);
  const seen = new Seen();
  const rows = await seen.write(chat);
  for (const line of chat.lines().slice(1)) expect(rows.map(bare).join('\n')).toContain(bare(line.split('│')[1] ?? ''));
  const { active } = seen.terminal.buffer;
  for (let row = 1; row < 24; row++) expect(active.getLine(row)?.getCell(20)?.getChars()).toBe('│');
});

test('what is drawn by its differences is what is drawn whole', async () => {
  const chat = new TestChat().page([entry('bob', 'one'), entry('alice', 'two')]);
  const seen = new Seen();
  await seen.write(chat);
  for (const act of [
    () => chat.type('hello'),
    () => chat.key('up'),
    () => chat.type('+'),
    () => chat.key('escape'),
    () => chat.type('/help').key('return'),
    () => chat.key('escape').key('down', { alt: true }),
  ]) {
    act();
    const whole = await new Seen().write(chat);
    expect(await seen.write(chat)).toEqual(whole);
  }
});

test('what the terminal counts as wider than it is stays in its row', async () => {
  const input = Object.assign(new PassThrough(), { setRawMode: () => undefined });
  const output = Object.assign(new PassThrough(), { columns: 80, rows: 24, getColorDepth: () => 8 });
  const screen = new Screen(input as unknown as ReadStream, output as unknown as WriteStream, false, {});
  const seen = new Seen();
  const drawn = async (chat: TestChat): Promise<string[]> => {
    const painted = new Promise<void>((resolve) => {
      output.once('readable', () => seen.terminal.write(output.read() as Buffer, resolve));
    });
    screen.draw(frame(chat.state));
    await painted;
    return seen.rows();
  };
  screen.open({ key: () => undefined, resized: () => undefined });
  seen.terminal.write(output.read() as Buffer);
  const chat = new TestChat().page([entry('bob', 'hello')]);
  const below = (await drawn(chat)).slice(-3);
  const families = entry('bob', '👨‍👩‍👧‍👦'.repeat(20));
  chat.act({ type: 'event', event: { type: 'entries', conversation: '#general', entries: [families] } });
  const rows = await drawn(chat);
  expect(rows.at(-4)).toContain('bob 👨‍👩‍👧');
  expect(rows.slice(-3)).toEqual(below);
  screen.close();
  await new Promise<void>((resolve) => seen.terminal.write(output.read() as Buffer, resolve));
  expect(seen.terminal.modes.wraparoundMode).toBe(true);
});

test('without colours there are none', () => {
  const chat = new TestChat().page([entry('bob', 'one')]);
  expect(new Painter(true).paint(frame(chat.state))).toMatch(/\u001b\[1;3\dm/);
  expect(new Painter(false).paint(frame(chat.state))).not.toMatch(/\u001b\[(?:\d+;)?[349]\d/);
});

test('the cursor stands where one types', async () => {
  const chat = new TestChat().page([]).type('日本 ab').key('left');
  const seen = new Seen();
  await seen.write(chat);
  const { active } = seen.terminal.buffer;
  expect(active.getLine(active.cursorY)?.translateToString(true).slice(0)).toMatch(/> 日本 ab$/);
  expect(active.getLine(active.cursorY)?.getCell(active.cursorX)?.getChars()).toBe('b');
});

test('keys come as what they are: cut characters, sequences, pasted text and the wheel', async () => {
  const keys: Key[] = [];
  let arrived: (() => void) | undefined;
  const keyboard = new Keyboard((key) => {
    keys.push(key);
    if (key.name === 'return') arrived?.();
  });
  const bytes = Buffer.from('ی日\u001b[5~\u001b[1;3A\u001b[<64;10;5M\u001b[200~a\rb\u001b[A\u001b[201~\u0003\r');
  for (const [from, to] of [
    [0, 1],
    [1, 4],
    [4, bytes.length],
  ])
    keyboard.feed(bytes.subarray(from, to));
  await new Promise<void>((resolve) => {
    arrived = resolve;
    if (keys.some(({ name }) => name === 'return')) resolve();
  });
  const said = keys.map(({ name, text, ctrl, alt }) => `${ctrl ? 'C-' : ''}${alt ? 'A-' : ''}${text || name}`);
  expect(said.toSorted()).toEqual(['ی', '日', 'pageup', 'A-up', 'wheelup', 'a\nb\u001b[A', 'C-c', 'return'].toSorted());
});
