/** What the CA says of accounts: forged, late, doubled, of a former CA; and what a peer does with it. */
import { generateKeyPairSync, sign, verify, type KeyObject } from 'node:crypto';
import { beforeEach, describe, expect, test } from '@jest/globals';
import { accountWordBytes, type AccountWord } from '../../protocol/account-word.js';
import type { Username } from '../../protocol/ids.js';
import { parseLinkMessage, type LinkMessage } from '../../protocol/link-messages.js';
import { AccountBook } from './account-book.js';
import { AccountWords } from './account-words.js';
import { STATEMENTS_KEPT_MAX } from './statements.js';

const ca = generateKeyPairSync('ed25519');
const at = (minute: number): string => `2026-11-20T12:${String(minute).padStart(2, '0')}:00.000Z`;

function word(username: string, used: boolean, minute = 0, key: KeyObject = ca.privateKey): AccountWord {
  const said = { username, used, time: at(minute) };
  return { ...said, sig: sign(null, accountWordBytes(said), key).toString('base64url') };
}

const open = (saved: AccountWord[] = [], hasFormer = false): AccountWords =>
  new AccountWords({
    shelf: { load: () => [...saved], save: (one) => void saved.push(one) },
    signed: (bytes, signature) => verify(null, bytes, ca.publicKey, signature),
    hasFormer,
  });

const isShut = (words: AccountWords, name: string): boolean => words.isShut(name as Username);

describe('the words of the CA', () => {
  test('count by its signature alone, in any case of the name, and stay', () => {
    const saved: AccountWord[] = [];
    const words = open(saved);
    const forged = [
      word('bob', false, 0, generateKeyPairSync('ed25519').privateKey),
      { ...word('carol', false), username: 'bob' },
      { ...word('bob', true), used: false },
      { ...word('bob', false, 1), time: at(2) },
      { ...word('bob', false), time: '2026-99-99T12:00:00.000Z' },
      { ...word('bob', false), sig: 'A'.repeat(86) },
    ];
    expect(words.learn(forged)).toEqual([]);
    expect(isShut(words, 'bob')).toBe(false);
    const true_ = word('Bob', false);
    expect(words.learn([...forged, { ...true_, more: 'unsigned' } as AccountWord, true_])).toEqual([true_]);
    expect([isShut(words, 'bob'), isShut(words, 'BOB'), isShut(words, 'carol')]).toEqual([true, true, false]);
    expect(isShut(open(saved), 'bob')).toBe(true);
  });

  test('of two the later one counts, in whatever order they come', () => {
    const [off, on] = [word('bob', false, 1), word('bob', true, 2)];
    const [one, other] = [open(), open()];
    one.learn([off]);
    one.learn([on]);
    expect(other.learn([on, off])).toEqual([on]);
    expect([isShut(one, 'bob'), isShut(other, 'bob')]).toEqual([false, false]);
    expect(other.digest).toBe(one.digest);
    expect(one.learn([word('bob', false, 3)])).toHaveLength(1);
    expect(one.digest).not.toBe(other.digest);
  });

  test('of a former CA were about other accounts', () => {
    const former = word('bob', false, 0, generateKeyPairSync('ed25519').privateKey);
    expect(isShut(open([former, word('carol', false)], true), 'bob')).toBe(false);
    expect(open([former, word('carol', false)], true).list()).toEqual([word('carol', false)]);
  });

  test('are kept up to a bound, beyond which the known ones still change', () => {
    const many = Array.from({ length: STATEMENTS_KEPT_MAX }, (_, n) => ({ ...word('bob', false), username: `u${n}` }));
    const words = open([...many.slice(1), word('bob', false)]);
    expect(words.learn([word('carol', false)])).toEqual([]);
    expect(words.learn([word('bob', true, 1)])).toHaveLength(1);
  });

  test('travel in bounded lists of whole words', () => {
    const line = (words: unknown): string => JSON.stringify({ type: 'accounts', words });
    const one = word('bob', false);
    expect(parseLinkMessage(line([one]))).toEqual({ type: 'accounts', words: [one] });
    const wrong = [
      [{ ...one, username: 'a b' }],
      [{ ...one, used: 1 }],
      [{ ...one, time: 'now' }],
      Array(65).fill(one),
    ];
    for (const bad of [...wrong, {}]) {
      expect(() => parseLinkMessage(line(bad))).toThrow(expect.objectContaining({ code: 'bad_request' }));
    }
  });
});

describe('a peer that hears them', () => {
  interface TestLink {
    id: number;
    remote: { username: Username };
    sent: LinkMessage[];
    closed: (string | undefined)[];
    send(message: LinkMessage): void;
    close(code?: string): void;
  }
  let links: TestLink[];
  let notices: string[];
  let changed: number;
  let told: string[];
  let words: AccountWords;
  let book: AccountBook;

  const link = (id: number, username: string): TestLink => {
    const made: TestLink = {
      id,
      remote: { username: username as Username },
      sent: [],
      closed: [],
      send: (message) => void made.sent.push(message),
      close: (code) => void made.closed.push(code),
    };
    return made;
  };

  beforeEach(() => {
    links = [link(1, 'bob'), link(2, 'carol')];
    notices = [];
    changed = 0;
    told = [];
    words = open();
    book = new AccountBook({
      self: { username: 'Alice' as Username },
      words,
      notices: { raise: ({ id }) => void notices.push(id), dismiss: (id) => void notices.push(`no ${id}`) },
      links: { all: () => links },
      changed: () => void (changed += 1),
      told: (username) => void told.push(username),
      log: { debug: () => undefined, info: () => undefined, warn: () => undefined, error: () => undefined },
    });
    notices = [];
  });

  test('tells all of it, then ends the links of that account alone; nothing happens the second time', () => {
    const off = word('bob', false);
    book.heard({ type: 'user_disabled', username: 'bob', word: off });
    expect(told).toEqual(['bob']);
    expect(links.map(({ closed }) => closed)).toEqual([['account_disabled'], []]);
    expect(links.map(({ sent }) => sent)).toEqual(Array(2).fill([{ type: 'accounts', words: [off] }]));
    const [, carol] = links;
    if (carol) book.messages(carol, [{ type: 'accounts', words: [off] }]);
    expect([links[0]?.closed.length, carol?.sent.length, changed, notices]).toEqual([1, 1, 1, []]);
  });

  test('believes neither a tracker nor a neighbour without the signature', () => {
    const forged = { ...word('bob', true), used: false };
    book.heard({ type: 'snapshot', peers: [], channels: [], accounts: [forged] });
    book.heard({ type: 'user_disabled', username: 'bob', word: forged });
    const [bob] = links;
    if (bob) book.messages(bob, [{ type: 'accounts', words: [forged] }]);
    expect([links.flatMap(({ closed, sent }) => [...closed, ...sent]), changed]).toEqual([[], 0]);
  });

  test('about its own account: tells its user, keeps no link, and forgets it when the account is used again', () => {
    book.heard({ type: 'snapshot', peers: [], channels: [], accounts: [word('alice', false, 1)] });
    expect(links.map(({ closed }) => closed)).toEqual([['account_disabled'], ['account_disabled']]);
    expect(notices).toEqual(['account_disabled_here']);
    book.heard({ type: 'user_enabled', username: 'Alice', word: word('Alice', true, 2) });
    expect([notices.at(-1), changed]).toEqual(['no account_disabled_here', 2]);
  });

  test('ends a link that comes up with a disabled account, or with its own, though it was greeted before', () => {
    book.learn([word('dave', false)]);
    const [dave, erin] = [link(3, 'Dave'), link(4, 'erin')];
    for (const each of [dave, erin]) book.up(each);
    expect([dave.closed, erin.closed]).toEqual([['account_disabled'], []]);
    book.learn([word('alice', false)]);
    const late = link(5, 'frank');
    book.up(late);
    expect(late.closed).toEqual(['account_disabled']);
  });

  test('answers a neighbour who knows otherwise, once a link', () => {
    book.heard({ type: 'snapshot', peers: [], channels: [], accounts: [word('dave', false)] });
    const late = link(3, 'erin');
    book.up(late);
    expect(late.sent).toEqual([{ type: 'accounts', words: [], digest: words.digest }]);
    for (const digest of ['other', 'another', words.digest])
      book.messages(late, [{ type: 'accounts', words: [], digest }]);
    expect(late.sent.slice(1)).toEqual([{ type: 'accounts', words: [word('dave', false)] }]);
  });
});
