import { describe, expect, test } from '@jest/globals';
import { entry } from '../state/test-samples.js';
import type { OutboxItem } from '../state/model.js';
import { PersistedState, type KeyValue } from './persisted-state.js';

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
    const persisted = new PersistedState(memory());
    persisted.writeItem('alice', { ...item, replyTo: 'some entry' });
    persisted.writeItem('alice', { ...item, client: 'd', createdAt: 2 });
    expect(persisted.outbox('alice')).toEqual([
      { ...item, replyTo: 'some entry' },
      { ...item, client: 'd', createdAt: 2 },
    ]);
  });

  test('a file whose bytes are at the daemon comes back, and one that nobody can post does not', () => {
    const storage = memory();
    const file = { sha256: 'hash', name: 'a.png', mime: 'image/png', looks: { width: 3, group: 'g' } };
    new PersistedState(storage).writeItem('alice', { ...item, file });
    expect(new PersistedState(storage).outbox('alice')).toEqual([{ ...item, file }]);
    for (const broken of [null, 'x', {}, { ...file, sha256: 1 }, { ...file, looks: null }]) {
      const kept = JSON.stringify({ conversation: '#general', message: '', createdAt: 1, file: broken });
      storage.setItem('parley.alice.outbox.c', kept);
      expect(new PersistedState(storage).outbox('alice')).toEqual([]);
    }
  });

  test('what is answered or edited comes back, by conversation', () => {
    const storage = memory();
    const persisted = new PersistedState(storage);
    const reply = { mode: 'reply', entry: entry(1) } as const;
    const edit = { mode: 'edit', entry: entry(2, { conversation: '@alice+bob', from: 'alice' }) } as const;
    persisted.writeComposing('Alice', '#general', reply);
    persisted.writeComposing('alice', '@alice+bob', edit);
    expect(new PersistedState(storage).composing('alice')).toEqual({ '#general': reply, '@alice+bob': edit });
    persisted.writeComposing('alice', '#general', undefined);
    expect(Object.keys(persisted.composing('alice'))).toEqual(['@alice+bob']);
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
    expect(new PersistedState(storage).composing('alice')).toEqual({});
  });

  test('a key of the storage is that of a draft, or not', () => {
    const persisted = new PersistedState(memory());
    expect(persisted.draftKeyOf('Alice', 'parley.alice.draft.#general')).toBe('#general');
    expect(persisted.draftKeyOf('alice', 'parley.bob.draft.#general')).toBeUndefined();
    expect(persisted.draftKeyOf('alice', 'parley.alice.outbox.1')).toBeUndefined();
  });

  test('it is told when what a person wrote finds no room, and not for small things', () => {
    const full = memory();
    full.setItem = () => {
      throw new Error('QuotaExceededError');
    };
    let told = 0;
    const persisted = new PersistedState(full, () => told++);
    persisted.write('theme', 'dark');
    expect(told).toBe(0);
    persisted.writeDraft('alice', '#general', 'x');
    expect(told).toBe(1);
    persisted.writeItem('alice', item);
    expect(told).toBe(2);
    persisted.writeDraft('alice', '#general', '');
    expect(told).toBe(2);
  });
});
