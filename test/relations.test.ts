/** What people say of messages (SPEC.md section 5, relations), between real peers: all see the same, also who comes later. */
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import type { CommandName, EntryView } from '../protocol/local-api.js';
import { runCommand } from '../peer/commands/run.js';
import type { Peer } from '../peer/peer.js';
import { InProcess, linkedWith, until } from './support/in-process.js';

let world: InProcess;
beforeEach(async () => {
  world = await InProcess.create();
});
afterEach(() => world.close(), 30_000);

const general = '#general';
const does = (peer: Peer, name: CommandName, args: object) =>
  runCommand(peer.services, name, args) as Promise<{ entry: EntryView }>;

async function messages(peer: Peer): Promise<EntryView[]> {
  const { entries } = await runCommand(peer.services, 'history.page', { conversation: general, limit: 200 });
  return entries.filter(({ kind }) => kind === 'text');
}

/** What all are to see alike: whether it has come is each one's own. */
const shown = async (peer: Peer): Promise<object[]> =>
  (await messages(peer)).map(({ state: _, sig: __, ...view }) => view);

/** Resolves once what is wanted is so, looked at after each event. */
async function seen(peer: Peer, holds: (all: EntryView[]) => boolean): Promise<void> {
  let all = await messages(peer);
  for (;;) {
    if (holds(all)) return;
    const { promise, resolve } = withResolver();
    const undo = listen(peer, resolve);
    all = await messages(peer);
    if (!holds(all)) await promise;
    undo();
    all = await messages(peer);
  }
}

function withResolver(): { promise: Promise<void>; resolve: () => void } {
  let resolve = (): void => undefined;
  const promise = new Promise<void>((done) => (resolve = done));
  return { promise, resolve };
}

function listen(peer: Peer, told: () => void): () => void {
  const { events } = peer.services;
  events.on('entries', told);
  events.on('changed', told);
  return () => {
    events.off('entries', told);
    events.off('changed', told);
  };
}

test('a reaction, an edit, a reply, a pin and a deletion look the same to both, and to who comes later', async () => {
  const tracker = await world.tracker();
  const trackers = [tracker.url];
  const alice = await world.signedIn('alice', trackers);
  const bob = await world.signedIn('bob', trackers);
  await Promise.all([until(alice, linkedWith(alice, 'bob')), until(bob, linkedWith(bob, 'alice'))]);

  const { entry: hello } = await does(alice, 'message.post', { conversation: general, message: 'hello @bob' });
  const { entry: doomed } = await does(alice, 'message.post', { conversation: general, message: 'oh no' });
  await seen(bob, (all) => all.length === 2);
  expect(bob.services.conversations.get(hello.conversation as never)).toMatchObject({ unread: 2, mentions: 1 });

  const target = hello.id;
  await Promise.all([
    does(bob, 'message.react', { target, emoji: '👍', on: true }),
    does(alice, 'message.react', { target, emoji: '🎉', on: true }),
    does(alice, 'message.edit', { target, message: 'hello, @bob' }),
    does(bob, 'message.pin', { target, on: true }),
    does(bob, 'message.post', { conversation: general, message: 'hi', replyTo: target }),
    does(bob, 'message.post', { conversation: general, message: 'what?', replyTo: doomed.id }),
    does(alice, 'message.delete', { target: doomed.id }),
  ]);
  const complete = (all: EntryView[]): boolean =>
    all.length === 4 &&
    all[0]?.message === 'hello, @bob' &&
    all[0].reactions?.length === 2 &&
    all[0].pinned !== undefined &&
    all[1]?.deleted === true &&
    all.some(({ reply }) => reply?.message === 'hello, @bob') &&
    all.some(({ reply }) => reply?.deleted === true);
  await Promise.all([seen(alice, complete), seen(bob, complete)]);
  expect(await shown(alice)).toEqual(await shown(bob));
  expect(JSON.stringify(await messages(bob))).not.toContain('oh no');
  expect(bob.services.conversations.get(hello.conversation as never)).toMatchObject({ unread: 1, mentions: 1 });

  // What one may not do to another's message, no peer takes for done.
  await bob.services.writer.append({
    conversation: general as never,
    kind: 'edit',
    message: 'forged',
    data: { target },
  });
  await bob.services.writer.append({ conversation: general as never, kind: 'delete', message: '', data: { target } });
  await does(bob, 'message.post', { conversation: general, message: 'the last one' });
  await seen(alice, (all) => all.length === 5);
  expect((await messages(alice))[0]).toMatchObject({ message: 'hello, @bob' });

  const carol = await world.signedIn('carol', trackers);
  await seen(carol, (all) => all.length === 5 && complete(all.slice(0, 4)));
  expect(await shown(carol)).toEqual(await shown(alice));
});
