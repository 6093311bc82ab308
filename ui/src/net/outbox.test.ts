import { describe, expect, test } from '@jest/globals';
import type { CommandArguments } from '../../../protocol/local-api.js';
import { OUTBOX_WINDOW } from '../limits.js';
import { withPhase } from '../state/outbox.js';
import { nextToSend } from '../state/outbox.js';
import { entry, signedIn, snapshot } from '../state/test-samples.js';
import { createStore } from '../state/store.js';
import type { OutboxItem } from '../state/model.js';
import { CommandError } from './commands.js';
import { OutboxSender } from './outbox.js';
import { PersistedState } from './persisted-state.js';

type Post = CommandArguments<'message.post'>;

function setUp() {
  const store = createStore(signedIn());
  const posts: { args: Post; ok(): Promise<void>; refuse(code: string): Promise<void> }[] = [];
  const later: (() => void)[] = [];
  const commands = {
    run: (_: string, args: unknown) =>
      new Promise<never>((resolve, reject) => {
        const post = args as Post;
        const seq = posts.length + 1;
        posts.push({
          args: post,
          ok: () => settle(() => resolve({ entry: entry(seq, { from: 'alice', message: post.message }) } as never)),
          refuse: (code) => settle(() => reject(new CommandError(code, `refused: ${code}`))),
        });
      }),
  };
  const sender = new OutboxSender({ store, commands, later: (work) => void later.push(work) });
  const write = (client: string, conversation = '#general'): void => {
    store.dispatch({
      type: 'outbox/add',
      item: { client, conversation, message: client, createdAt: 1, phase: 'queued' },
    });
    sender.pump();
  };
  return {
    store,
    posts,
    later,
    sender,
    write,
    phases: () => store.get().outbox.map(({ client, phase }) => `${client} ${phase}`),
  };
}

/** The answer and what follows from it have been worked off. */
async function settle(answer: () => void): Promise<void> {
  answer();
  for (let i = 0; i < 5; i++) await Promise.resolve();
}

describe('the outbox', () => {
  test('sends in the order written, under the mark by which the daemon knows a repetition', async () => {
    const { posts, write, phases } = setUp();
    write('a');
    write('b');
    expect(posts.map(({ args }) => args)).toEqual([
      { conversation: '#general', message: 'a', client: 'a' },
      { conversation: '#general', message: 'b', client: 'b' },
    ]);
    expect(phases()).toEqual(['a inflight', 'b inflight']);
    await posts[0]?.ok();
    expect(phases()).toEqual(['b inflight']);
  });

  test('has only a few under way at once', async () => {
    const { posts, write } = setUp();
    for (let i = 0; i < OUTBOX_WINDOW + 3; i++) write(`m${i}`);
    expect(posts).toHaveLength(OUTBOX_WINDOW);
    await posts[0]?.ok();
    expect(posts).toHaveLength(OUTBOX_WINDOW + 1);
  });

  test('keeps what was under way in a cut, and sends it again with the same mark', async () => {
    const { store, posts, sender, write, phases } = setUp();
    write('a');
    store.dispatch({ type: 'connection', connection: { phase: 'connecting' } });
    await posts[0]?.refuse('disconnected');
    write('b');
    expect(phases()).toEqual(['a queued', 'b queued']);
    expect(posts).toHaveLength(1);
    store.dispatch({ type: 'snapshot', snapshot: snapshot(), at: 0 });
    sender.pump();
    expect(posts.slice(1).map(({ args }) => args.client)).toEqual(['a', 'b']);
  });

  test('does not spin on a connection that takes nothing', async () => {
    const { posts, write, phases } = setUp();
    write('a');
    await posts[0]?.refuse('disconnected');
    expect(posts).toHaveLength(1);
    expect(phases()).toEqual(['a queued']);
  });

  test('tries again by itself what was refused for now; later messages there wait behind it', async () => {
    const { posts, later, write, phases, store } = setUp();
    write('a');
    await posts[0]?.refuse('storage_full');
    write('b');
    write('c', '#tech');
    expect(phases()).toEqual(['a waiting', 'b queued', 'c inflight']);
    expect(store.get().outbox[0]?.problem).toBe('refused: storage_full');
    later[0]?.();
    expect(posts.map(({ args }) => args.client)).toEqual(['a', 'c', 'a', 'b']);
    expect(store.get().outbox[0]?.problem).toBeUndefined();
  });

  test('leaves to the person what was refused for good', async () => {
    const { posts, later, write, phases } = setUp();
    write('a');
    await posts[0]?.refuse('not_member');
    write('b');
    expect(phases()).toEqual(['a failed', 'b inflight']);
    expect(later).toEqual([]);
  });

  test('a message taken back meanwhile stays away', async () => {
    const { posts, later, store, write } = setUp();
    write('a');
    await posts[0]?.refuse('recovering');
    store.dispatch({ type: 'outbox/drop', client: 'a' });
    later[0]?.();
    expect(store.get().outbox).toEqual([]);
    expect(posts).toHaveLength(1);
  });

  test('nothing goes out of an empty outbox or a full window', () => {
    expect(nextToSend([])).toEqual([]);
    const item: OutboxItem = { client: 'a', conversation: '#a', message: '', createdAt: 0, phase: 'queued' };
    expect(nextToSend(withPhase([item], 'a', 'inflight'))).toEqual([]);
  });
});

describe('what the browser keeps', () => {
  function memory(): Storage {
    const map = new Map<string, string>();
    return {
      get length() {
        return map.size;
      },
      key: (i) => [...map.keys()][i] ?? null,
      getItem: (key) => map.get(key) ?? null,
      setItem: (key, value) => void map.set(key, value),
      removeItem: (key) => void map.delete(key),
      clear: () => map.clear(),
    };
  }
  const item: OutboxItem = {
    client: 'c2',
    conversation: '#general',
    message: 'hi',
    createdAt: 2,
    phase: 'failed',
    problem: 'x',
  };

  test('unsent messages come back in order, to be sent, each user their own', () => {
    const persisted = new PersistedState(memory());
    persisted.writeItem('Alice', item);
    persisted.writeItem('alice', { ...item, client: 'c1', createdAt: 1 });
    persisted.writeItem('bob', { ...item, client: 'c3' });
    expect(persisted.outbox('ALICE')).toEqual([
      { client: 'c1', conversation: '#general', message: 'hi', createdAt: 1, phase: 'queued' },
      { client: 'c2', conversation: '#general', message: 'hi', createdAt: 2, phase: 'queued' },
    ]);
    persisted.removeItem('alice', 'c1');
    expect(persisted.outbox('alice').map(({ client }) => client)).toEqual(['c2']);
  });

  test('drafts come back by conversation; an empty one is removed', () => {
    const storage = memory();
    const persisted = new PersistedState(storage);
    persisted.writeDraft('alice', '#general', 'half a sen');
    expect(new PersistedState(storage).drafts('alice')).toEqual({ '#general': 'half a sen' });
    persisted.writeDraft('alice', '#general', '');
    expect(storage.length).toBe(0);
  });

  test('foreign or broken values are passed over, and a storage that fails or is missing does no harm', () => {
    const storage = memory();
    storage.setItem('parley.alice.outbox.x', '{"message":1}');
    storage.setItem('parley.alice.outbox.y', 'null');
    storage.setItem('parley.alice.outbox.z', '{');
    storage.setItem('other', 'x');
    expect(new PersistedState(storage).outbox('alice')).toEqual([]);
    const full = memory();
    full.setItem = () => {
      throw new Error('QuotaExceededError');
    };
    expect(() => new PersistedState(full).writeDraft('alice', '#general', 'x')).not.toThrow();
    expect(new PersistedState(undefined).drafts('alice')).toEqual({});
  });
});
