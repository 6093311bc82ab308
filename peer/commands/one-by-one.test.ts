import { beforeEach, describe, expect, test } from '@jest/globals';
import type { EntryView } from '../../protocol/local-api.js';
import { TestPeer } from '../local/test-services.js';
import { runCommand } from './run.js';

let peer: TestPeer;
beforeEach(() => {
  peer = new TestPeer();
});

async function post(): Promise<EntryView> {
  return (await runCommand(peer, 'message.post', { conversation: '#general', message: 'hello' })).entry;
}

describe('of several at once, as from two windows or by a second click', () => {
  let written: string[];
  beforeEach(() => {
    written = [];
    const { append } = peer.writer;
    peer.writer.append = (post) => {
      written.push(post.kind);
      return append(post);
    };
  });
  const twice = (name: string, args: object) =>
    Promise.all([runCommand(peer, name, args), runCommand(peer, name, args)]);

  test.each([
    ['message.pin', 'pin', { on: true }],
    ['message.react', 'reaction', { emoji: '👍', on: true }],
    ['message.edit', 'edit', { message: 'hello!' }],
    ['message.delete', 'delete', {}],
  ])('%s that is asked for twice is written once', async (name, kind, args) => {
    const { id: target } = await post();
    const [first, second] = await twice(name, { target, ...args });
    expect(second).toEqual(first);
    expect(written).toEqual(['text', kind]);
  });

  test.each([
    ['message.pin', {}, 'pinned'],
    ['message.react', { emoji: '👍' }, 'reactions'],
  ])('%s that is taken back at once is taken back', async (name, args, shown) => {
    const { id: target } = await post();
    const set = (on: boolean) => runCommand(peer, name, { target, ...args, on });
    const now = async () => (await runCommand(peer, 'history.entry', { entry: target })).entry;
    await Promise.all([set(true), set(false)]);
    expect(await now()).not.toHaveProperty(shown);
    await Promise.all([set(true), set(false), set(true)]);
    expect(await now()).toHaveProperty(shown);
  });

  test('who waits for one that is refused is heard all the same', async () => {
    const { id: target } = await post();
    const edit = (message: string) => runCommand(peer, 'message.edit', { target, message });
    const [refused, done] = await Promise.allSettled([edit(' '), edit('hello!')]);
    expect([refused.status, done.status]).toEqual(['rejected', 'fulfilled']);
  });
});
