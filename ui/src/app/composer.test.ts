import { describe, expect, test } from '@jest/globals';
import { MESSAGE_MAX, TYPING_TOLD_MS } from '../limits.js';
import { PersistedState } from '../net/persisted-state.js';
import { composerText } from '../state/drafts.js';
import { createStore } from '../state/store.js';
import { entry, PREFERENCES, signedIn } from '../state/test-samples.js';
import type { Snapshot } from '../../../protocol/local-api.js';
import { cancelEdit, editLast, saveEdit } from './composer.js';
import type { App } from './context.js';
import { replyTo, startEdit } from './message-actions.js';
import { sendInParts, sendMessage } from './messages.js';
import { hearTyping, tellTyping, type Told } from './typing.js';

/** An app without a browser; `answer` is that of the daemon. */
function appFor(changes: Partial<Snapshot> = {}, answer: (command: string) => unknown = () => ({})) {
  const store = createStore(signedIn('#/c/general', changes));
  const asked: unknown[] = [];
  let now = 1_000;
  const app = {
    store,
    persisted: new PersistedState(undefined),
    language: { code: 'en' },
    t: (key: string) => key,
    commands: {
      run: async (command: string, args: object) => {
        asked.push({ command, ...args });
        return answer(command);
      },
    },
    outbox: { pump: () => {} },
    now: () => now,
    newId: () => `id ${asked.length} ${store.get().outbox.length}`,
  } as unknown as App;
  const text = (): string => composerText(store.get(), '#general');
  const draft = (value: string): void => store.dispatch({ type: 'draft', conversation: '#general', text: value });
  return { app, store, asked, text, draft, pass: (ms: number) => void (now += ms) };
}

const own = entry(7, { from: 'alice', device: 'device-of-alice', message: 'as it was' });

describe('sending', () => {
  test('answers what is being answered, and then nothing any more', () => {
    const { app, store } = appFor();
    replyTo(app, entry(1));
    sendMessage(app, '#general', ' \n yes\n');
    sendMessage(app, '#general', 'and more');
    expect(store.get().outbox.map(({ message, replyTo }) => [message, replyTo])).toEqual([
      [' yes', entry(1).id],
      ['and more', undefined],
    ]);
    expect(store.get().composing).toEqual({});
  });

  test('privately answers nothing that stands elsewhere, and leaves it to be answered', () => {
    const { app, store } = appFor();
    replyTo(app, entry(1));
    const sent = sendMessage(app, '#general', '@bob psst');
    expect(sent).toMatchObject({ kind: 'private', username: 'bob' });
    expect(store.get().outbox).toMatchObject([{ conversation: '@alice+bob', message: 'psst' }]);
    expect(store.get().outbox[0]).not.toHaveProperty('replyTo');
    expect(store.get().composing['#general']?.mode).toBe('reply');
  });

  test('in parts keeps their order for a page that is opened later', () => {
    const { app, store, text, draft } = appFor();
    const long = 'một dòng có độ dài vừa phải, ở đây\n'.repeat(900);
    draft(long);
    expect(sendMessage(app, '#general', long)).toBeUndefined();
    expect(text()).toBe(long);
    replyTo(app, entry(1));
    sendInParts(app, '#general', long);
    const { outbox } = store.get();
    expect(outbox.length).toBeGreaterThan(2);
    expect(outbox.every(({ message }) => message.length <= MESSAGE_MAX)).toBe(true);
    const times = outbox.map(({ createdAt }) => createdAt);
    expect(new Set(times).size).toBe(times.length);
    expect([...times].sort((a, b) => a - b)).toEqual(times);
    expect(outbox.map(({ replyTo }) => replyTo !== undefined)).toEqual(outbox.map((_, index) => index === 0));
    expect(text()).toBe('');
  });
});

describe('editing', () => {
  test('begins with the own last message, and gives the draft back', () => {
    const { app, store, text, draft } = appFor();
    expect(editLast(app, '#general')).toBe(false);
    const page = { conversation: '#general', entries: [own, entry(9)], more: false, newer: false, load: 'l' };
    store.dispatch({ type: 'history/loading', conversation: '#general', part: 'latest', load: 'l' });
    store.dispatch({ type: 'history/page', ...page });
    draft('half a sen');
    expect(editLast(app, '#general')).toBe(true);
    expect(text()).toBe('as it was');
    cancelEdit(app, '#general');
    expect(text()).toBe('half a sen');
  });

  test('saves what was written, if it is anything new', async () => {
    const { app, asked, text } = appFor({}, () => ({ entry: { ...own, message: 'as it is' } }));
    startEdit(app, own);
    await saveEdit(app, own, 'as it was  \n');
    expect(asked).toEqual([]);
    startEdit(app, own);
    await saveEdit(app, own, 'as it is');
    expect(asked).toEqual([{ command: 'message.edit', target: own.id, message: 'as it is' }]);
    expect(text()).toBe('');
  });

  test('is there again, with its text, when it could not be saved', async () => {
    const { app, store, text } = appFor({}, () => {
      throw new Error('no');
    });
    startEdit(app, own);
    await saveEdit(app, own, 'as it is');
    expect(store.get().composing['#general']).toMatchObject({ mode: 'edit', entry: { id: own.id } });
    expect(text()).toBe('as it is');
    expect(store.get().alerts).toHaveLength(1);
  });
});

describe('typing', () => {
  test('is told once in three seconds, and never of nothing', () => {
    const { app, asked, pass } = appFor();
    const told: Told = new Map();
    tellTyping(app, '#general', ' \n', told);
    tellTyping(app, '#general', 'h', told);
    tellTyping(app, '#general', 'he', told);
    expect(asked).toEqual([{ command: 'conversation.typing', conversation: '#general' }]);
    pass(TYPING_TOLD_MS);
    tellTyping(app, '#general', 'hel', told);
    expect(asked).toHaveLength(2);
  });

  test('is not told by those who do not want it, into the void, or where there is no conversation yet', () => {
    const quiet = appFor({ preferences: { ...PREFERENCES, sendTyping: false } });
    tellTyping(quiet.app, '#general', 'x', new Map());
    const away = appFor();
    away.store.dispatch({ type: 'connection', connection: { phase: 'connecting' } });
    tellTyping(away.app, '#general', 'x', new Map());
    tellTyping(away.app, '@alice+carol', 'x', new Map());
    expect([...quiet.asked, ...away.asked]).toEqual([]);
  });

  test('is heard by the clock of this browser', () => {
    const { app, store } = appFor();
    hearTyping(app, { type: 'typing', conversation: '#general', username: 'bob' });
    expect(store.get().typing['#general']).toMatchObject([{ username: 'bob', until: 7_000 }]);
  });
});
