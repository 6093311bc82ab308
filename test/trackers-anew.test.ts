/** Two trackers in the list, which shared one authority, of which one is set up anew: members who have moved, and who have not. */
import { rm } from 'node:fs/promises';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import type { ConversationId } from '../protocol/ids.js';
import type { Peer } from '../peer/peer.js';
import type { Tracker } from '../tracker/main.js';
import { has, InProcess, linked, PASSWORD, post, until } from './support/in-process.js';

const GENERAL = '#general' as ConversationId;
const WITHIN_MS = 120_000;

let world: InProcess;
let first: Tracker;
let second: Tracker;
let urls: readonly string[];
let peers: Map<string, Peer>;
const at = (name: string): Peer => {
  const peer = peers.get(name);
  if (!peer) throw new Error(`there is no ${name}`);
  return peer;
};

/** All are members of the first, which the second is a copy of. */
beforeEach(async () => {
  world = await InProcess.create();
  peers = new Map();
  first = await world.tracker('first');
  for (const name of ['alice', 'bob', 'carol']) {
    const peer = await world.signedIn(name, [first.url]);
    await peer.close();
  }
  const { port } = first;
  await first.close();
  second = await world.tracker('second', { copyOf: 'first' });
  first = await world.tracker('first', { port });
  urls = [first.url, second.url];
  for (const name of ['alice', 'bob', 'carol']) peers.set(name, await world.peer(name, urls));
  await allHearAll(['alice', 'bob', 'carol'], 'before');
}, WITHIN_MS);
afterEach(() => world.close(), WITHIN_MS);

const connectedTo = (name: string, { url }: Tracker): Promise<void> =>
  until(at(name), () => {
    const { state, url: shown } = at(name).services.people.tracker();
    return state === 'connected' && shown.startsWith(url);
  });

const hears = (name: string, text: string): Promise<void> =>
  until(at(name), () => at(name).services.conversations.list().length > 0 && has(at(name), GENERAL, text));

async function allHearAll(names: readonly string[], word: string): Promise<void> {
  for (const name of names) for (const other of names) if (other !== name) await linked(at(name), other);
  for (const name of names) await post(at(name), GENERAL, `${name}: ${word}`);
  for (const name of names) for (const other of names) await hears(name, `${other}: ${word}`);
}

const codes = (name: string): string[] =>
  at(name)
    .services.notices.list()
    .map(({ code }) => code);

async function restart(name: string): Promise<void> {
  await at(name).close();
  peers.set(name, await world.peer(name, urls));
}

/** As the daemon does: it is opened anew within the same process. */
async function accept(name: string, register: boolean): Promise<void> {
  // While another tracker of the list is there, the next start is what looks at the first one again.
  await restart(name);
  const shown = (): string | undefined =>
    at(name)
      .services.notices.list()
      .find(({ code }) => code === 'ca_changed')
      ?.id.slice('ca_changed:'.length);
  await until(at(name), () => shown() !== undefined);
  await at(name).services.account.accept(shown() ?? '', PASSWORD, register);
  await restart(name);
}

/** The first one's data is replaced. @param copyOf by those of another; by none unless given */
async function replaceFirst(copyOf?: string): Promise<void> {
  const { port } = first;
  await first.close();
  await rm(world.path('first'), { recursive: true });
  first = await world.tracker('first', { port, ...(copyOf === undefined ? {} : { copyOf }) });
}

test(
  'nobody is mute meanwhile, and once all have moved everybody hears everybody, on either tracker',
  async () => {
    await replaceFirst();
    for (const name of ['alice', 'bob', 'carol']) await connectedTo(name, second);
    await allHearAll(['alice', 'bob', 'carol'], 'by the second');

    await accept('alice', true);
    await connectedTo('alice', first);
    await allHearAll(['bob', 'carol'], 'without alice');
    await post(at('alice'), GENERAL, 'alice: alone');
    await accept('bob', true);
    await allHearAll(['alice', 'bob'], 'on the first');
    await hears('bob', 'alice: alone');
    // The other one is of before: what it says is not believed, and nobody is led back to it.
    await post(at('carol'), GENERAL, 'carol: alone');
    const { port } = first;
    await first.close();
    await until(at('alice'), () => at('alice').services.people.tracker().state === 'mistrusted');
    first = await world.tracker('first', { port });
    for (const name of ['alice', 'bob']) await connectedTo(name, first);
    await restart('bob');
    await allHearAll(['alice', 'bob'], 'after restarts');

    // The second one follows, as a copy of the first.
    const other = second.port;
    await second.close();
    await rm(world.path('second'), { recursive: true });
    second = await world.tracker('second', { port: other, copyOf: 'first' });
    await accept('carol', true);
    expect(codes('carol')).toContain('tracker_anew_unheard');
    await allHearAll(['alice', 'bob', 'carol'], 'all again');
    await hears('carol', 'alice: alone');
    await first.close();
    for (const name of ['alice', 'bob']) await connectedTo(name, second);
    await allHearAll(['alice', 'bob'], 'by the second again');
  },
  WITHIN_MS,
);

test(
  'its old data are found after all: who had moved moves back, and hears those who never did',
  async () => {
    await replaceFirst();
    for (const name of ['alice', 'bob']) {
      await accept(name, true);
      await connectedTo(name, first);
    }
    await allHearAll(['alice', 'bob'], 'on the new one');
    await replaceFirst('second');
    for (const name of ['alice', 'bob']) {
      await accept(name, false);
      await connectedTo(name, first);
    }
    // She was at the second one meanwhile, and looks at the first one again when she starts.
    await restart('carol');
    await connectedTo('carol', first);
    await allHearAll(['alice', 'bob', 'carol'], 'all again');
    for (const name of ['alice', 'bob', 'carol']) await restart(name);
    await allHearAll(['alice', 'bob', 'carol'], 'after restarts');
    await hears('alice', 'alice: before');
  },
  WITHIN_MS,
);
