/** What is drawn of people, and what that costs: it is done for each event. */
import { expect, jest, test } from '@jest/globals';
import type { PersonView } from '../../../protocol/local-api.js';
import { entry, TestChat } from './test-chat.js';

test('what is drawn costs one look at each person, however many conversations there are, and one format of days', () => {
  const chat = new TestChat({ rows: 200 });
  let looks = 0;
  class Counted extends Map<string, PersonView> {
    override *values(): MapIterator<PersonView> {
      for (const person of super.values()) {
        looks += 1;
        yield person;
      }
    }
  }
  const ids = Array.from({ length: 100 }, (_, at) => `u${at}`);
  const people = new Counted(ids.map((id) => [id, { username: id.toUpperCase(), presence: 'online', link: 'none' }]));
  const conversations = ids.map((id) => [`@alice+${id}`, { id: `@alice+${id}`, unread: 0, receipts: {} }] as const);
  chat.state = { ...chat.state, people, conversations: new Map(conversations) };
  const days = Array.from({ length: 20 }, (_, at) =>
    entry('bob', 'x', { time: new Date(Date.UTC(2026, 0, at + 1, 12)).toISOString() }),
  );
  const formats = jest.spyOn(Intl, 'DateTimeFormat');
  const text = chat.page(days).lines().join('\n');
  expect(text).toContain('U42');
  expect(looks).toBeLessThanOrEqual(100);
  expect(formats.mock.calls.length).toBeLessThanOrEqual(1);
  formats.mockRestore();
});

test('says of whom an admin has disabled the account, and no more once it is used again', () => {
  const chat = new TestChat().key('down', { alt: true });
  const person = { username: 'bob', presence: 'offline', link: 'none' } as const;
  chat.act({ type: 'event', event: { type: 'person', person: { ...person, disabled: true } } });
  expect(chat.lines()[0]).toMatch(/bob {2}an admin has disabled this account/);
  chat.act({ type: 'event', event: { type: 'person', person } });
  expect(chat.lines()[0]).not.toContain('disabled');
});
