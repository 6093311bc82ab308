/** A disk that gets full while a file comes: told, nothing spoilt, and the rest comes by itself once there is room. */
import { createHash, randomBytes } from 'node:crypto';
import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { FileDoor, type SentFile } from '../../scripts/fault/file-door.js';
import { Fleet } from '../../scripts/fault/fleet.js';
import { Window } from '../../scripts/fault/window.js';
import { projectRoot } from '../support/project.js';
import { TempDir } from '../support/temp-dir.js';
import { SmallDisk } from './small-disk.js';

const PROGRAM = join(projectRoot, 'dist/scripts/daemon/entry.js');
const LOGS = join(projectRoot, 'dist/test-logs/file-disk');
const MIB = 1024 * 1024;
const SIZE = 24 * MIB;
/** A peer begins with no file that would leave less than 64 MiB free. */
const DISK = 24 + 64 + 40;

const folder = new TempDir();
const disk = SmallDisk.mount(join(folder.path, 'disk'), DISK);
afterAll(async () => {
  disk?.unmount();
  await folder.remove();
});

if (!disk) test.skip('NOT RUN: this machine lets us mount no small disk (root, tmpfs)', () => undefined);

describe('bob, whose disk gets full while a file comes,', () => {
  if (!disk) return;
  const small = disk;
  const bytes = randomBytes(SIZE);
  let fleet: Fleet;
  let bob: FileDoor;
  let sent: SentFile;

  beforeAll(async () => {
    fleet = new Fleet(folder.path, PROGRAM);
    await fleet.tracker.start();
    const source = await fleet.addPeer('alice');
    const receiver = await fleet.addPeer('bob', { dataDir: join(small.path, 'bob') });
    const alice = await Window.open(source.ready);
    bob = new FileDoor(await Window.open(receiver.ready), receiver.ready.ui);
    await bob.window.until(() => bob.window.linkedTo('alice'), 'the link');
    sent = await new FileDoor(alice, source.ready.ui).send(Readable.from([bytes]), SIZE, 'large.bin');
    alice.close();
  }, 120_000);
  afterAll(async () => {
    small.makeRoom();
    bob.window.close();
    await fleet.close(LOGS);
  });

  const view = () => bob.transfers.get(sent.sha256);
  const done = (): number => view()?.done ?? 0;
  /** Bytes of it that lie on the disk. */
  const written = (): number => {
    const partial = join(small.path, 'bob/blobs/partial');
    const [name = ''] = readdirSync(partial).filter((one) => one.startsWith(sent.sha256));
    return statSync(join(partial, name, 'data')).blocks * 512;
  };

  test.each([10, 50, 99])(
    'at %i %% is told so, and waits; with room it goes on by itself',
    async (percent) => {
      const stop = Math.floor((SIZE * percent) / 100);
      if (percent === 10) {
        await bob.limit({ down: MIB });
        await bob.fetch(sent);
        await bob.window.until(() => done() > 0, 'the first bytes');
      }
      // So that it is full there: what is still to be written before is left free. Nothing is written while that is looked up.
      fleet.peer('bob').freeze();
      small.fill(stop - written());
      fleet.peer('bob').thaw();
      const waits = (): boolean => view()?.state === 'waiting' && view()?.code === 'storage_full';
      await bob.window.until(waits, 'waiting for room');
      const kept = done();
      expect(kept).toBeGreaterThan(0);
      expect(kept).toBeLessThanOrEqual(Math.max(stop, written()));
      expect(bob.isHere(sent)).toBe(false);
      small.makeRoom();
      await bob.window.until(() => !bob.window.notices.includes('storage_full'), 'the notice going');
      await bob.limit({ down: 4 * MIB });
      await bob.window.until(() => bob.isHere(sent) || (view()?.state === 'running' && done() > kept), 'going on');
    },
    240_000,
  );

  test('has the right file in the end', async () => {
    await bob.arrived(sent);
    expect(await bob.hashOf(sent.sha256)).toBe(createHash('sha256').update(bytes).digest('hex'));
    expect(fleet.peer('bob').log.filter((line) => /Node\.js v\d|"level":60|bug:/.test(line))).toEqual([]);
  }, 240_000);
});
