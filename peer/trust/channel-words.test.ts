import { beforeEach, describe, expect, test } from '@jest/globals';
import { generateKeyPairSync, sign, verify } from 'node:crypto';
import { channelWordBytes, type ChannelWord } from '../../protocol/channel-word.js';
import { channelConversation, type ChannelName } from '../../protocol/ids.js';
import { TestStore } from '../store/test-store.js';
import { ChannelWords } from './channel-words.js';

const ca = generateKeyPairSync('ed25519');
const tech = 'tech' as ChannelName;
const conversation = channelConversation(tech);

function word(more: Partial<ChannelWord> = {}, key = ca.privateKey): ChannelWord {
  const said = { channel: tech, title: 'linux', state: 'archived', time: '2026-11-30T12:00:00.000Z', ...more } as const;
  return { ...said, sig: sign(null, channelWordBytes(said), key).toString('base64url') };
}
const updated = (of: ChannelWord) =>
  ({ type: 'channel_updated', channel: { name: tech, topic: '', members: 1, joined: true, word: of } }) as const;

describe('what the CA says of channels', () => {
  let shelf: ChannelWord[];
  let words: ChannelWords;
  const open = () =>
    new ChannelWords({
      shelf: { load: () => [...shelf], save: (said) => void shelf.push(said) },
      signed: (bytes, signature) => verify(null, bytes, ca.publicKey, signature),
    });
  beforeEach(() => {
    shelf = [];
    words = open();
  });

  test('counts by its signature alone, the later of two, and after a start', () => {
    expect(words.heard(updated(word({}, generateKeyPairSync('ed25519').privateKey)))).toEqual([]);
    expect(words.heard(updated({ ...word(), title: 'other' }))).toEqual([]);
    expect(words.closed(tech)).toBeUndefined();
    expect(words.heard(updated(word()))).toEqual([tech]);
    expect(words.heard(updated(word()))).toEqual([]);
    expect(open().closed(tech)).toMatchObject({ code: 'channel_archived' });
    const used = word({ state: 'used', time: '2026-11-30T12:00:00.001Z' });
    const snapshot = { type: 'snapshot', peers: [], channels: [updated(used).channel] } as const;
    expect(words.heard({ ...snapshot, channels: [...snapshot.channels], peers: [] })).toEqual([tech]);
    // What somebody sends again that was said before changes nothing.
    expect(words.heard(updated(word()))).toEqual([]);
    expect([words.closed(tech), words.get(tech)?.title]).toEqual([undefined, 'linux']);
  });

  test('is looked for no further where nothing is of the CA', () => {
    let checks = 0;
    const some = new ChannelWords({
      shelf: { load: () => [], save: () => undefined },
      signed: (bytes, signature) => {
        checks++;
        return verify(null, bytes, ca.publicKey, signature);
      },
    });
    const one = word();
    const forged = Array.from({ length: 20_000 }, (_, n) => ({ ...one, channel: `c${n}` }));
    const channels = (all: readonly ChannelWord[]) =>
      all.map((one) => ({ ...updated(one).channel, name: one.channel }));
    const snapshot = { type: 'snapshot' as const, peers: [] };
    expect(some.heard({ ...snapshot, channels: channels(forged) })).toEqual([]);
    expect(checks).toBe(100);
    expect(some.heard({ ...snapshot, channels: channels([...forged.slice(0, 99), word()]) })).toEqual([tech]);
  });

  test('closes a channel for all but leaving and taking back, and no other conversation', () => {
    words.heard({ type: 'channel_deleted', channel: tech, word: word({ state: 'deleted' }) });
    for (const kind of ['text', 'file', 'edit', 'reaction', 'pin', 'topic', 'join'])
      expect(words.refusal({ conversation, kind })).toMatchObject({ code: 'channel_deleted' });
    for (const kind of ['leave', 'delete']) expect(words.refusal({ conversation, kind })).toBeUndefined();
    expect(words.refusal({ conversation: channelConversation('other' as ChannelName), kind: 'text' })).toBeUndefined();
    expect(words.refusal({ conversation: '@alice+bob' as never, kind: 'text' })).toBeUndefined();
  });

  test('is kept in the database as it was said', () => {
    const disk = new TestStore();
    const said = [word(), word({ state: 'deleted', time: '2026-11-30T12:00:00.002Z' })];
    for (const one of said) disk.store.stated.channels.save(one);
    disk.reopen();
    expect(disk.store.stated.channels.load()).toEqual([said[1]]);
    disk.close();
  });
});
