import { describe, expect, test } from '@jest/globals';
import { entry } from '../state/test-samples.js';
import type { OutboxItem } from '../state/model.js';
import { Keeper, type KeyValue } from './storage.js';

function memory(): KeyValue & { readonly map: Map<string, string> } {
  const map = new Map<string, string>();
  return {
    map,
    get length() {
      return map.size;
    },
    key: (i) => [...map.keys()][i] ?? null,
    getItem: (key) => map.get(key) ?? null,
    setItem: (key, value) => void map.set(key, value),
    removeItem: (key) => void map.delete(key),
  };
}

const item: OutboxItem = { client: 'c', conversation: '#general', message: 'yes', createdAt: 1, phase: 'queued' };

describe('what the browser keeps of the composer', () => {
  test('an unsent answer comes back as an answer', () => {
    const keeper = new Keeper(memory());
    keeper.writeItem('alice', { ...item, replyTo: 'some entry' });
    keeper.writeItem('alice', { ...item, client: 'd', createdAt: 2 });
    expect(keeper.outbox('alice')).toEqual([
      { ...item, replyTo: 'some entry' },
      { ...item, client: 'd', createdAt: 2 },
    ]);
  });

  test('what is answered or edited comes back, by conversation', () => {
    const storage = memory();
    const keeper = new Keeper(storage);
    const reply = { mode: 'reply', entry: entry(1) } as const;
    const edit = { mode: 'edit', entry: entry(2, { conversation: '@alice+bob', from: 'alice' }) } as const;
    keeper.writeComposing('Alice', '#general', reply);
    keeper.writeComposing('alice', '@alice+bob', edit);
    expect(new Keeper(storage).composing('alice')).toEqual({ '#general': reply, '@alice+bob': edit });
    keeper.writeComposing('alice', '#general', undefined);
    expect(Object.keys(keeper.composing('alice'))).toEqual(['@alice+bob']);
  });

  test('what is broken or of another conversation is passed over', () => {
    const storage = memory();
    const values = [
      '{',
      'null',
      '3',
      '{"mode":"reply"}',
      '{"mode":"sing","entry":{}}',
      '{"mode":"edit","entry":{"id":1}}',
    ];
    for (const [index, value] of values.entries()) storage.setItem(`parley.alice.composing.#c${index}`, value);
    storage.setItem('parley.alice.composing.#x', JSON.stringify({ mode: 'reply', entry: entry(1) }));
    expect(new Keeper(storage).composing('alice')).toEqual({});
  });

  test('a key of the storage is that of a draft, or not', () => {
    const keeper = new Keeper(memory());
    expect(keeper.draftKeyOf('Alice', 'parley.alice.draft.#general')).toBe('#general');
    expect(keeper.draftKeyOf('alice', 'parley.bob.draft.#general')).toBeUndefined();
    expect(keeper.draftKeyOf('alice', 'parley.alice.outbox.1')).toBeUndefined();
  });

  test('it is told when what a person wrote finds no room, and not for small things', () => {
    const full = memory();
    full.setItem = () => {
      throw new Error('QuotaExceededError');
    };
    let told = 0;
    const keeper = new Keeper(full, () => told++);
    keeper.write('theme', 'dark');
    expect(told).toBe(0);
    keeper.writeDraft('alice', '#general', 'x');
    expect(told).toBe(1);
    keeper.writeItem('alice', item);
    expect(told).toBe(2);
    keeper.writeDraft('alice', '#general', '');
    expect(told).toBe(2);
  });
});
