/** Test support: a chat without a terminal and without a daemon, and what it asks for. */
import type { EntryView, Snapshot } from '../../../protocol/local-api.js';
import { step } from './machine.js';
import { newState, type Action, type Effect, type Key, type State } from './model.js';
import type { Language } from './texts.js';
import { frame } from './view.js';

let last = 0;

export function entry(from: string, message: string, more: Partial<EntryView> = {}): EntryView {
  last += 1;
  return {
    ...{ type: 'broadcast', id: String(last).padStart(43, '0'), conversation: '#general', from, device: from },
    ...{ channel: 'general', seq: last, prev: '', time: new Date(Date.UTC(2026, 10, 29, 8, 0, last)).toISOString() },
    ...{ kind: 'text', message, data: {}, state: 'delivered', ...more },
  };
}

export function snapshot(more: Partial<Snapshot> = {}): Snapshot {
  return {
    ...{ type: 'snapshot', version: 1, now: '2026-11-29T09:00:00.000Z', me: { username: 'alice', device: 'alice' } },
    ...{
      tracker: { url: 'http://t', state: 'connected' },
      p2p: { host: '127.0.0.1', port: 1 },
      reach: {},
      blocked: [],
    },
    people: [
      { username: 'alice', presence: 'online', link: 'self' },
      { username: 'bob', presence: 'online', link: 'linked' },
      { username: 'Bahram', presence: 'offline', link: 'none' },
    ],
    channels: [{ name: 'general', topic: 'all of us', members: 3, joined: true }],
    conversations: [
      { id: '#general', unread: 0, receipts: {} },
      { id: '@alice+bob', unread: 2, mentions: 1, receipts: {} },
    ],
    notices: [],
    preferences: {
      ...{ presence: 'auto', sendReads: true, sendTyping: true },
      files: { auto: 'none', autoKinds: 'pictures', autoMax: 0, quota: 0, uploadLimit: 0, downloadLimit: 0 },
    } as unknown as Snapshot['preferences'],
    transfers: [],
    ...more,
  };
}

export class TestChat {
  state: State;
  readonly effects: Effect[] = [];
  private marks = 0;

  constructor({
    columns = 80,
    rows = 24,
    language = 'en',
  }: { columns?: number; rows?: number; language?: Language } = {}) {
    this.state = newState('alice', language, columns, rows);
    this.act({ type: 'event', event: snapshot() });
  }

  act(action: Action): this {
    const [next, effects] = step(this.state, action, `mark ${(this.marks += 1)}`);
    this.state = next;
    this.effects.push(...effects);
    return this;
  }

  /** What the daemon answers to the page that was asked for. */
  page(entries: readonly EntryView[], more = false, place: { before?: string; around?: string } = {}): this {
    const page = { entries, more, newer: false, place };
    return this.act({ type: 'page', conversation: this.state.current ?? '', page });
  }

  key(name: string, more: Partial<Key> = {}): this {
    return this.act({ type: 'key', key: { name, text: '', ctrl: false, alt: false, ...more } });
  }

  type(text: string): this {
    for (const character of text) this.key('', { text: character });
    return this;
  }

  taken(): Effect[] {
    return this.effects.splice(0);
  }

  /** The rows as text; pieces stand apart by their columns. */
  lines(): string[] {
    return frame(this.state).rows.map((pieces) =>
      pieces.map(({ spans }) => spans.map(({ text }) => text).join('')).join(' '),
    );
  }

  screen(): string {
    return this.lines().join('\n');
  }
}
