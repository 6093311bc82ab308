/** Bytes from one real peer to others: by the rules, when asked for, after a restart, and to nobody else. */
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { runCommand } from '../peer/commands/run.js';
import type { ConversationId } from '../protocol/ids.js';
import type { Peer } from '../peer/peer.js';
import { InProcess, linked } from './support/in-process.js';

const lasting = 240_000;
const MIB = 1024 * 1024;

let world: InProcess;
let url: string;
let alice: Peer;
let bob: Peer;

beforeEach(async () => {
  world = await InProcess.create();
  ({ url } = await world.tracker());
  alice = await world.signedIn('alice', [url]);
  bob = await world.signedIn('bob', [url]);
  await linked(alice, 'bob');
}, lasting);
afterEach(() => world.close(), lasting);

/** @returns its hash, once the message is durable */
async function send(peer: Peer, conversation: string, name: string, bytes: Buffer, mime: string): Promise<string> {
  const { sha256 } = await peer.services.files.take(Readable.from([bytes]), { mime });
  await runCommand(peer.services, 'file.post', { conversation, sha256, name, mime });
  return sha256;
}

async function here(peer: Peer, sha256: string): Promise<Buffer> {
  const { events, files } = peer.services;
  while (!files.isHere(sha256)) await Promise.race([once(events, 'changed'), once(events, 'file')]);
  const file = await files.open(sha256);
  if (!file) throw new Error('bug: it is here, and cannot be opened');
  return buffer(file.read(0, file.size));
}

/** Asks again with each message that comes, until the message that shows the file is here. */
async function ask(peer: Peer, sha256: string): Promise<void> {
  for (;;) {
    const more = once(peer.services.events, 'entries');
    const asked = await peer.services.files.fetch(sha256).then(
      () => true,
      () => false,
    );
    if (asked) return;
    await more;
  }
}

const png = (size: number): Buffer => Buffer.concat([Buffer.from('\x89PNG\r\n\x1a\n', 'latin1'), randomBytes(size)]);

test(
  'a small picture comes by itself, byte for byte; what is larger when it is asked for, in chunks',
  async () => {
    const picture = png(70_000);
    const film = randomBytes(6 * MIB + 77);
    const small = await send(alice, '#general', 'cat.png', picture, 'image/png');
    const large = await send(alice, '#general', 'film.bin', film, 'application/octet-stream');
    expect((await here(bob, small)).equals(picture)).toBe(true);
    await ask(bob, large);
    expect((await here(bob, large)).equals(film)).toBe(true);
  },
  lasting,
);

test(
  'whoever has it serves it: also while its author is away',
  async () => {
    const plan = randomBytes(2 * MIB + 1);
    const sha256 = await send(alice, '#general', 'plan.bin', plan, 'application/octet-stream');
    await ask(bob, sha256);
    await here(bob, sha256);
    await alice.close();
    const carol = await world.signedIn('carol', [url]);
    await linked(carol, 'bob');
    await ask(carol, sha256);
    expect((await here(carol, sha256)).equals(plan)).toBe(true);
  },
  lasting,
);

test(
  'nobody is served a file of a conversation that they are not in',
  async () => {
    const carol = await world.signedIn('carol', [url]);
    await linked(carol, 'alice');
    const secret = await send(alice, '@alice+bob', 'secret.png', png(1000), 'image/png');
    await here(bob, secret);
    await expect(carol.services.files.fetch(secret)).rejects.toMatchObject({ code: 'not_found' });
    expect(carol.services.files.list({ limit: 10 }).files).toEqual([]);
    expect(carol.services.files.isHere(secret)).toBe(false);
  },
  lasting,
);

test(
  'who knows only what a file is called by is not given it in another conversation, until its holder shows it there',
  async () => {
    const carol = await world.signedIn('carol', [url]);
    await linked(carol, 'bob');
    await linked(carol, 'alice');
    const picture = png(1000);
    const secret = await send(alice, '@alice+bob', 'secret.png', picture, 'image/png');
    await here(bob, secret);
    const taken = await bob.services.files.taken(secret);
    if (!taken) throw new Error('bug: it is here');
    const data = { ...taken, name: 'secret.png', mime: 'image/png' };
    await carol.services.writer.append({
      ...{ conversation: '#general' as ConversationId, kind: 'file', message: '', data },
    });
    await ask(carol, secret);
    // Each asks for both in this order, and is answered so.
    for (const peer of [alice, bob]) {
      const other = await send(peer, '#general', 'other.bin', randomBytes(100), 'application/octet-stream');
      await ask(carol, other);
      await here(carol, other);
    }
    expect(carol.services.files.isHere(secret)).toBe(false);
    await runCommand(bob.services, 'file.post', { conversation: '#general', sha256: secret, name: 'secret.png' });
    expect((await here(carol, secret)).equals(picture)).toBe(true);
  },
  lasting,
);
