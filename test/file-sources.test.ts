/** Files whose author is gone, from those who have them: from several at once, and also where one of them has other bytes. */
import { randomBytes } from 'node:crypto';
import { open } from 'node:fs/promises';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { runCommand } from '../peer/commands/run.js';
import type { Peer } from '../peer/peer.js';
import type { TransferView } from '../protocol/local-api.js';
import { InProcess, linked } from './support/in-process.js';

const lasting = 240_000;
const MIB = 1024 * 1024;

let world: InProcess;
let url: string;
let alice: Peer;
let bob: Peer;
let carol: Peer;
const film = randomBytes(6 * MIB + 77);

beforeEach(async () => {
  world = await InProcess.create();
  ({ url } = await world.tracker());
  [alice, bob, carol] = [await join_('alice'), await join_('bob'), await join_('carol')];
  await Promise.all([linked(alice, 'bob'), linked(alice, 'carol')]);
}, lasting);
afterEach(() => world.close(), lasting);

const join_ = (name: string): Promise<Peer> => world.signedIn(name, [url]);

/** Resolves once it holds; looked at now, and with each transfer or message that is told of. */
function until(peer: Peer, holds: () => boolean): Promise<void> {
  const { events } = peer.services;
  return new Promise((resolve) => {
    const look = (): void => {
      if (!holds()) return;
      for (const name of ['file', 'changed', 'entries'] as const) events.off(name, look);
      resolve();
    };
    for (const name of ['file', 'changed', 'entries'] as const) events.on(name, look);
    look();
  });
}

async function send(): Promise<string> {
  const { sha256 } = await alice.services.files.take(Readable.from([film]), {});
  await runCommand(alice.services, 'file.post', { conversation: '#general', sha256, name: 'film.bin' });
  return sha256;
}

async function ask(peer: Peer, sha256: string): Promise<void> {
  const { files } = peer.services;
  await until(peer, () => files.list({ limit: 10 }).files.some((file) => file.sha256 === sha256));
  await files.fetch(sha256);
}

async function get(peer: Peer, sha256: string): Promise<void> {
  await ask(peer, sha256);
  await until(peer, () => peer.services.files.isHere(sha256));
}

/** What it has sent of the file to that user, as it was told last. */
function sentTo(peer: Peer, user: string): () => number {
  let sent = 0;
  peer.services.events.on('file', (view: TransferView) => {
    if (view.direction === 'up' && view.user === user) sent = view.done;
  });
  return () => sent;
}

async function isRight(peer: Peer, sha256: string): Promise<boolean> {
  const file = await peer.services.files.open(sha256);
  return file !== undefined && (await buffer(file.read(0, file.size))).equals(film);
}

test(
  'it comes from all who have it',
  async () => {
    const sha256 = await send();
    await Promise.all([get(bob, sha256), get(carol, sha256)]);
    await alice.close();
    // Each has a chunk that the other one alone can give.
    await turnBit(blobOf('bob', sha256), 5 * MIB + 5);
    await turnBit(blobOf('carol', sha256), 5);
    const dave = await join_('dave');
    await Promise.all([linked(dave, 'bob'), linked(dave, 'carol')]);
    const [fromBob, fromCarol] = [sentTo(bob, 'dave'), sentTo(carol, 'dave')];
    await get(dave, sha256);
    expect(await isRight(dave, sha256)).toBe(true);
    await Promise.all([until(bob, () => fromBob() > 0), until(carol, () => fromCarol() > 0)]);
  },
  lasting,
);

test(
  'a source on whose disk one bit has turned is named, the file waits for another one, and is right',
  async () => {
    const sha256 = await send();
    await Promise.all([get(bob, sha256), get(carol, sha256)]);
    await Promise.all([alice.close(), carol.close()]);
    await turnBit(blobOf('bob', sha256), 3 * MIB + 5);

    const dave = await join_('dave');
    await linked(dave, 'bob');
    const told: TransferView[] = [];
    dave.services.events.on('file', (view: TransferView) => void told.push(view));
    await ask(dave, sha256);
    // All that is right of what bob has comes from him.
    // It waits for its turn once more before it is known that nobody else has the rest.
    const rest = (): boolean => told.at(-1)?.code === 'nobody' && told.at(-1)?.done === film.length - MIB;
    await until(dave, rest);
    expect(told.at(-1)).toMatchObject({ state: 'waiting', liars: ['bob'] });
    expect(dave.services.files.isHere(sha256)).toBe(false);

    carol = await world.signedIn('carol', [url], { folder: 'carol' });
    await until(dave, () => dave.services.files.isHere(sha256));
    expect(await isRight(dave, sha256)).toBe(true);
    expect(told.filter(({ liars }) => liars?.includes('carol'))).toEqual([]);
  },
  lasting,
);

const blobOf = (name: string, sha256: string): string => join(world.path(name), 'blobs', sha256.slice(0, 2), sha256);

async function turnBit(path: string, at: number): Promise<void> {
  const file = await open(path, 'r+');
  try {
    const { buffer: byte } = await file.read(Buffer.alloc(1), 0, 1, at);
    byte.writeUInt8(byte.readUInt8() ^ 1);
    await file.write(byte, 0, 1, at);
  } finally {
    await file.close();
  }
}
