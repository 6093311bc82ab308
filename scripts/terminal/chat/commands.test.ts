/** The commands that the chat shares with the windows: what each asks the daemon for, and what is said where one does not fit. */
import { beforeEach, expect, test } from '@jest/globals';
import { textOf } from './editor.js';
import { entry, TestChat } from './test-chat.js';

let chat: TestChat;
beforeEach(() => {
  chat = new TestChat();
  chat.page([]).taken();
});

const enter = (line: string) => chat.type(line).key('return').taken();

test('/me and /shrug are posted, and an action is drawn as one', () => {
  expect(enter('/me waves')).toContainEqual({
    do: 'post',
    post: { client: expect.any(String), conversation: '#general', message: '_waves_', action: true },
  });
  expect(enter('/shrug well')).toContainEqual(
    expect.objectContaining({ post: expect.objectContaining({ message: expect.stringMatching(/^well ¯/) }) }),
  );
  const event = { type: 'entries' as const, conversation: '#general' };
  const done = entry('bob', '_bows_', { data: { action: true } });
  chat.act({ type: 'event', event: { ...event, entries: [done, entry('bob', '_says_')] } });
  expect(chat.screen()).toMatch(/\* bob bows/);
  expect(chat.screen()).toMatch(/bob _says_/);
});

test('/topic, /mute, /status and /invite ask for what they are for', () => {
  expect(enter('/topic Ship it')).toMatchObject([{ command: 'channel.topic', args: { topic: 'Ship it' } }]);
  expect(enter('/topic -')).toMatchObject([{ command: 'channel.topic', args: { topic: '' } }]);
  expect(enter('/topic')).toEqual([]);
  expect(chat.screen()).toMatch(/The topic is: all of us/);
  expect(enter('/mute')).toMatchObject([{ args: { conversation: '#general', notify: 'none' } }]);
  expect(enter('/status noodles')).toMatchObject([{ command: 'profile.set', args: { status: { text: 'noodles' } } }]);
  expect(enter('/status -')).toMatchObject([{ args: { status: {} } }]);
  expect(enter('/invite')).toEqual([{ do: 'invite' }]);
  expect(enter('/invite @bob')).toMatchObject([
    { do: 'tell', username: 'bob', message: 'Please join us in #general.' },
  ]);
  expect(enter('/leave')).toMatchObject([{ command: 'channel.leave', args: { channel: 'general' } }]);
});

test('where one does not fit, nothing is asked for, and a line says what to do', () => {
  chat.key('down', { alt: true }).taken();
  for (const [line, said] of [
    ['/topic x', /Only channels have a topic/],
    ['/leave', /cannot be left/],
    ['/invite bob', /in the channel to which/],
    ['/me', /needs a text/],
    ['/mute bob', /Write \/mute alone/],
    ['/frobnicate', /no command \/frobnicate/],
  ] as const) {
    expect(enter(line)).toEqual([]);
    expect(chat.screen()).toMatch(said);
    if (textOf(chat.state.editor) !== '') chat.key('c', { ctrl: true });
  }
});

test('what is edited stays a message, with a slash as well', () => {
  chat.page([entry('alice', 'mine')]);
  enter('/edit');
  chat.key('u', { ctrl: true });
  expect(enter('/usr')).toMatchObject([{ command: 'message.edit', args: { message: '/usr' } }]);
  expect(textOf(chat.state.editor)).toBe('');
});
