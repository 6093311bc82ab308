import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { join } from 'node:path';
import { DatabaseSync } from '@photostructure/sqlite';
import type { Entry } from '../../protocol/entry.js';
import type { ConversationId } from '../../protocol/ids.js';
import { foldRelations, relationOf } from '../../protocol/relations.js';
import { noteDamage } from './repair.js';
import { migrations } from './migrations.js';
import { Author } from './test-author.js';
import { general, TestStore, Writers } from './test-store.js';

let held: TestStore;
let by: Writers;
beforeEach(() => {
  held = new TestStore();
  by = new Writers();
});
afterEach(() => held.close());

const related = (entry: Entry) => held.store.related(entry);

describe('what was said of a message', () => {
  test('shows in it, though it was written by one statement before it, with nothing in memory yet', () => {
    const [hello, oops] = [by.say('alice', 'hello'), by.say('alice', 'oops')];
    const said = [by.react('bob', hello, '👍'), by.remove('alice', oops, { device: '2' })];
    held.reopen();
    held.write(...said, hello, oops, ...Array.from({ length: 40 }, (_, i) => by.say('carol', `${i}`)));
    expect(related(hello)).toEqual({ reactions: [{ emoji: '👍', users: ['bob'] }] });
    expect(related(oops)).toEqual({ deleted: true });
  });

  test('shows in it, however many came since; of those nothing is asked', () => {
    const hello = by.say('alice', 'hello');
    const flood = Array.from({ length: 4_100 }, (_, i) => by.say('carol', `${i}`));
    held.write(hello, ...flood);
    expect(flood.every((entry) => held.store.relations.isPlain(entry))).toBe(true);
    held.write(by.react('bob', hello, '👍'));
    expect(related(hello)).toEqual({ reactions: [{ emoji: '👍', users: ['bob'] }] });
  });

  test('shows in it, whichever came first, and after closing', () => {
    const hello = by.say('alice', 'hello');
    const said = [by.edit('alice', hello, 'hello!'), by.react('bob', hello, '👍'), by.pin('bob', hello)];
    const expected = {
      edited: { time: said[0]?.time, message: 'hello!', data: {} },
      reactions: [{ emoji: '👍', users: ['bob'] }],
      pinned: { by: 'bob', time: said[2]?.time },
    };
    // Bob's log comes first, Alice's after it.
    held.write(...said.slice(1));
    held.reopen();
    held.write(hello, ...said.slice(0, 1));
    expect(related(hello)).toEqual(expected);
    held.reopen();
    expect(related(hello)).toEqual(expected);
    held.write(by.remove('alice', hello));
    expect(related(hello)).toEqual({ deleted: true });
  });

  test('counts only in its conversation, and from those who may', () => {
    const other = '#other' as ConversationId;
    const hello = by.say('alice', 'hello');
    const foreign = { conversation: other };
    held.write(hello, by.edit('bob', hello, 'x'), by.remove('bob', hello), by.edit('alice', hello, 'y', foreign));
    held.write(by.react('bob', hello, '👍', false, foreign), by.reply('bob', hello, 'answer', foreign));
    expect(related(hello)).toBeUndefined();
    const reply = held.store.page(other, undefined, 1).entries[0];
    expect(reply && related(reply)).toEqual({ reply: { id: hello.id } });
  });

  test('a reply quotes what it answers, as it is now', () => {
    const hello = by.say('alice', 'hello');
    const reply = by.reply('bob', hello, 'hi');
    held.write(reply);
    expect(related(reply)).toEqual({ reply: { id: hello.id } });
    held.write(hello);
    expect(related(reply)).toEqual({ reply: { id: hello.id, from: 'alice', kind: 'text', message: 'hello' } });
    held.write(by.edit('alice', hello, 'long '.repeat(100)));
    expect(related(reply)?.reply?.message).toBe('long '.repeat(56));
    held.write(by.remove('alice', hello));
    expect(related(reply)).toEqual({ reply: { id: hello.id, from: 'alice', kind: 'text', deleted: true } });
  });

  test('an edit keeps what the message answers, and renames whom it names', () => {
    const hello = by.say('alice', 'hello');
    const reply = by.say('bob', '@alice', { data: { reply_to: hello.id, mentions: ['alice'] } });
    held.write(hello, reply, by.edit('bob', reply, '@carol', { data: { mentions: ['carol'] } }));
    expect(related(reply)?.edited?.data).toEqual({ reply_to: hello.id, mentions: ['carol'] });
    held.write(by.edit('bob', reply, 'nobody'));
    expect(related(reply)?.edited?.data).toEqual({ reply_to: hello.id });
  });
});

describe('under another authority', () => {
  test.each(['after it', 'before it'])('the same name changes nothing of a message that came %s', (when) => {
    const hello = by.say('bob', 'hello');
    const own = by.edit('bob', hello, 'hello!');
    const gone = by.say('bob', 'not to be seen');
    const takenBack = by.remove('bob', gone);
    const device = 'new';
    const others = [
      by.edit('bob', hello, 'forged', { device }),
      by.remove('bob', hello, { device }),
      by.remove('bob', gone, { device }),
    ];
    const [old, late] = [[hello, own, gone, takenBack], when === 'after it' ? [] : [hello]];
    held.write(...old.filter((entry) => !late.includes(entry)));
    held.store.setEra(1);
    held.write(...others, ...late);
    // The old log's device was known when it ended.
    expect(related(hello)).toMatchObject({ edited: { message: 'hello!' }, former: true });
    expect(related(gone)).toEqual({ deleted: true });
    const fresh = by.say('bob', 'new', { device });
    held.write(fresh, by.edit('bob', fresh, 'newer', { device }), by.react('bob', hello, '👍', false, { device }));
    expect(related(fresh)).toMatchObject({ edited: { message: 'newer' } });
    expect(related(fresh)?.former).toBeUndefined();
    expect(related(hello)).toMatchObject({ reactions: [{ emoji: '👍', users: ['bob'] }] });
  });
});

describe('the effects of what was committed', () => {
  const effects = (...entries: Entry[]) => {
    held.write(...entries);
    const { changed, awaited, deleted } = held.store.relations.effects(entries);
    return { changed, awaited: [...awaited], deleted };
  };

  test('are the messages that look different, and replies to them', () => {
    const hello = by.say('alice', 'hello');
    const reply = by.reply('bob', hello, 'hi');
    expect(effects(hello, reply)).toEqual({ changed: [], awaited: [], deleted: false });
    expect(effects(by.react('bob', hello, '👍')).changed).toEqual([hello.id]);
    expect(effects(by.edit('bob', hello, 'not mine')).changed).toEqual([]);
    expect(effects(by.edit('alice', hello, 'x')).changed).toEqual([hello.id, reply.id]);
    expect(effects(by.remove('alice', hello))).toEqual({ changed: [hello.id, reply.id], awaited: [], deleted: true });
  });

  test('of one that is not here are none, until it comes: then its replies have changed', () => {
    const hello = by.say('alice', 'hello');
    const reply = by.reply('bob', hello, 'hi');
    expect(effects(by.react('bob', hello, '👍'), reply)).toEqual({ changed: [], awaited: [], deleted: false });
    held.reopen();
    expect(effects(hello)).toEqual({ changed: [reply.id], awaited: [hello.id], deleted: false });
    expect(held.store.relations.effects([hello]).awaited.size).toBe(0);
  });

  test('a transaction that came to nothing leaves nothing behind', () => {
    const hello = by.say('alice', 'hello');
    const reaction = by.react('bob', hello, '👍');
    const failing = (...entries: Entry[]) =>
      held.store.entries.transaction(() => {
        for (const entry of entries) held.store.entries.insert(entry);
        throw new Error('no room');
      });
    expect(() => failing(reaction)).toThrow();
    expect(effects(hello)).toEqual({ changed: [], awaited: [], deleted: false });
    expect(related(hello)).toBeUndefined();
    expect(effects(reaction).changed).toEqual([hello.id]);
  });
});

test('pins are listed, the last pinned first, without those taken off or back', () => {
  const [a, b, c, d] = ['a', 'b', 'c', 'd'].map((text) => by.say('alice', text));
  if (!a || !b || !c || !d) throw new Error('bug');
  held.write(a, b, c, d, by.pin('bob', b), by.pin('alice', a), by.pin('bob', d), by.pin('bob', c), by.pin('alice', b));
  held.write(by.pin('carol', d, true), by.remove('alice', c));
  expect(held.store.pins(general, 10)).toEqual([b, a]);
  expect(held.store.pins(general, 1)).toEqual([b]);
});

test('however the entries come, the store shows what the fold of all of them says', () => {
  const step = fc.record({
    who: fc.constantFrom('alice', 'bob'),
    what: fc.constantFrom('edit', 'delete', 'react', 'unreact', 'pin', 'unpin'),
    target: fc.nat(2),
    at: fc.nat(4),
  });
  fc.assert(
    fc.property(fc.array(step, { maxLength: 25, size: 'max' }), fc.array(fc.boolean()), (steps, turns) => {
      const store = new TestStore();
      const writers = new Writers();
      try {
        const targets = [
          writers.say('alice', 'a', { at: 0 }),
          writers.say('bob', 'b', { at: 0 }),
          writers.say('alice', 'c', { at: 0 }),
        ];
        const all = [...targets];
        for (const { who, what, target, at } of steps) {
          const about = targets[target];
          if (!about) continue;
          if (what === 'edit') all.push(writers.edit(who, about, `edit ${all.length}`, { at }));
          else if (what === 'delete') all.push(writers.remove(who, about, { at }));
          else if (what.endsWith('react')) all.push(writers.react(who, about, '👍', what === 'unreact', { at }));
          else all.push(writers.pin(who, about, what === 'unpin', { at }));
        }
        // Each log in its order, the two of them mixed.
        const logs = ['alice', 'bob'].map((who) => all.filter(({ from }) => from === who));
        for (let at = 0; logs.some(({ length }) => length > 0); at++) {
          const next =
            (turns[at % Math.max(1, turns.length)] ? logs[0] : logs[1])?.shift() ??
            logs[0]?.shift() ??
            logs[1]?.shift();
          if (next) store.write(next);
        }
        for (const target of targets) {
          const facts = all.flatMap((entry) => {
            const relation = relationOf(entry);
            return relation?.target === target.id ? [{ ...relation, ...entry, kind: relation.kind, of: entry }] : [];
          });
          const { deleted, edit, reactions, pinned } = foldRelations(target, facts);
          const shown = store.store.related(target);
          expect(shown?.deleted ?? false).toBe(deleted);
          expect(shown?.edited?.message).toBe(edit?.of.message);
          expect(shown?.reactions ?? []).toEqual(reactions);
          expect(shown?.pinned?.time).toBe(pinned?.time);
        }
      } finally {
        store.close();
      }
    }),
    { numRuns: 60 },
  );
});

describe('a history that is made anew', () => {
  test('after damage has its relations, waiting ones too', async () => {
    const author = new Author('alice');
    await author.introduce(held.store);
    const hello = author.write(1);
    if (!hello[0]) throw new Error('bug');
    const gone = 'G'.repeat(43);
    const said = author.say([
      { kind: 'edit', message: 'alice again', data: { target: hello[0].id } },
      { kind: 'reaction', message: '', data: { target: hello[0].id, emoji: '👍' } },
      { kind: 'text', message: 'an answer', data: { reply_to: gone } },
    ]);
    held.write(...hello, ...said);
    const before = related(hello[0]);
    expect(before).toMatchObject({
      edited: { message: 'alice again' },
      reactions: [{ emoji: '👍', users: ['alice'] }],
    });
    noteDamage(held.directory, 'for this test', 0);
    held.reopen();
    expect(held.store.repaired?.entries).toBe(4);
    expect(related(hello[0])).toEqual(before);
    expect((await found('alice')).map(({ id }) => id)).toEqual([hello[0].id]);
  });

  test('from an earlier version knows what its entries mean', async () => {
    const hello = by.say('alice', 'hello');
    const said = [by.edit('alice', hello, 'changed'), by.react('bob', hello, '👍'), by.reply('bob', hello, 'hi')];
    const gone = by.say('carol', 'taken back');
    held.write(...said.slice(1), hello, ...said.slice(0, 1), gone, by.remove('carol', gone));
    held.reopen(() => downgrade(join(held.directory, 'history.db')));
    expect(related(hello)).toMatchObject({ edited: { message: 'changed' }, reactions: [{ emoji: '👍' }] });
    expect(related(gone)).toEqual({ deleted: true });
    expect(held.store.page(general, undefined, 10).entries).toHaveLength(3);
    expect((await found('changed')).map(({ id }) => id)).toEqual([hello.id]);
    expect(await found('hello')).toEqual([]);
    expect(await found('taken')).toEqual([]);
  });

  const found = async (text: string): Promise<Entry[]> => {
    const request = {
      words: [{ text, prefix: false }],
      users: undefined,
      conversations: [general],
      file: false,
      link: false,
    };
    return (await held.store.search({ ...request, from: undefined, to: undefined, after: undefined, limit: 10 }))
      .entries;
  };
});

/** Makes it as the version before relations left it: its tables alone, with the same entries. */
function downgrade(file: string): void {
  const db = new DatabaseSync(file);
  const old = migrations.findIndex((step) => typeof step === 'string' && step.includes('CREATE TABLE relations'));
  const names = db
    .prepare(`SELECT type, name FROM sqlite_schema WHERE name NOT LIKE 'sqlite_%' AND sql IS NOT NULL`)
    .all();
  const kept = ['conversations', 'devices', 'entries'];
  for (const name of kept) db.exec(`ALTER TABLE ${name} RENAME TO old_${name}`);
  for (const { type, name } of names as { type: string; name: string }[]) {
    if (type === 'index') db.exec(`DROP INDEX IF EXISTS ${name}`);
    else if (!kept.includes(name)) db.exec(`DROP TABLE IF EXISTS ${name}`);
  }
  for (const step of migrations.slice(0, old)) if (typeof step === 'string') db.exec(step);
  db.exec(`PRAGMA user_version = ${old};
    INSERT INTO conversations SELECT n, id, read_n, read_id, open FROM old_conversations;
    INSERT INTO devices SELECT n, id, username FROM old_devices; INSERT INTO entries
      SELECT n, conversation, device, seq, time, id, kind, message, data, sig FROM old_entries;
    DROP TABLE old_conversations; DROP TABLE old_devices; DROP TABLE old_entries`);
  db.close();
}
