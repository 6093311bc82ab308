/** What ends the wait of a device that could not be reached, and what does not. */
import { describe, expect, test } from '@jest/globals';
import type { ChannelName, DeviceId, Username } from '../../protocol/ids.js';
import { TestTime } from '../link/test-support.js';
import type { Candidate } from './dialler-options.js';
import { Places } from '../mesh/link-places.js';
import { Dialler } from './dialler.js';

const bob = 'b'.repeat(22) as DeviceId;
const home = { host: '192.0.2.1', port: 9101 };
const away = { host: '192.0.2.2', port: 9101 };

class World {
  readonly time = new TestTime();
  readonly dials: string[] = [];
  readonly failures: number[] = [];
  /** Answers each dial, unless they are silent. */
  isSilent = false;
  candidate: Candidate = this.bobAt([home]);
  readonly dialler = new Dialler({
    self: 'a'.repeat(22) as DeviceId,
    candidates: () => [this.candidate],
    places: new Places(
      () => [],
      () => undefined,
    ),
    needed: () => new Set(),
    channels: () => [],
    dial: ({ host, signal }) => {
      this.dials.push(host);
      if (!this.isSilent) return Promise.reject(new Error('refused'));
      return new Promise((_, reject) => signal.addEventListener('abort', () => reject(new Error('ended'))));
    },
    failed: (_, failures) => void this.failures.push(failures.length),
    clock: this.time,
    timers: this.time,
    // The longest waits.
    random: () => 1 - Number.EPSILON,
  });

  bobAt(addresses: Candidate['addresses'], online = true): Candidate {
    return { username: 'bob' as Username, device: bob, addresses, channels: ['general' as ChannelName], online };
  }

  async pass(ms: number): Promise<string[]> {
    for (let left = ms; left > 0; left -= 100) {
      this.time.advance(Math.min(100, left));
      await new Promise(setImmediate);
    }
    return this.dials.splice(0);
  }

  /** So often refused that the next dial is a minute away. */
  async givenUp(): Promise<void> {
    this.dialler.look();
    await this.pass(150_000);
    expect(this.failures.length).toBeGreaterThan(6);
    // Right after a dial.
    while ((await this.pass(100)).length === 0);
  }
}

describe('whoever could not be reached', () => {
  test('is dialled at once when the network is another one', async () => {
    const it = new World();
    await it.givenUp();
    it.dialler.anew();
    expect(await it.pass(400)).toEqual(['192.0.2.1']);
    // And its waits are short again.
    expect((await it.pass(10_000)).length).toBeGreaterThan(2);
    it.dialler.stop();
  });

  test('and is being dialled, is dialled anew on another network, which counts as no failure', async () => {
    const it = new World();
    it.isSilent = true;
    it.dialler.look();
    expect(await it.pass(500)).toEqual(['192.0.2.1']);
    it.dialler.anew();
    expect(await it.pass(500)).toEqual(['192.0.2.1']);
    expect(it.failures).toEqual([]);
    it.dialler.stop();
  });

  test('need not wait with another address, or once it is online again', async () => {
    const it = new World();
    await it.givenUp();
    it.candidate = it.bobAt([away, home]);
    expect((await it.pass(6_100)).slice(0, 2)).toEqual(['192.0.2.2', '192.0.2.1']);
    await it.givenUp();
    it.candidate = it.bobAt([away, home], false);
    expect(await it.pass(6_100)).toEqual([]);
    it.candidate = it.bobAt([away, home], true);
    expect((await it.pass(6_100)).slice(0, 2)).toEqual(['192.0.2.2', '192.0.2.1']);
    it.dialler.stop();
  });

  test('has the news tried that came while it was dialled in vain', async () => {
    const it = new World();
    await it.givenUp();
    it.isSilent = true;
    it.dialler.need([bob]);
    expect(await it.pass(2_000)).toEqual(['192.0.2.1']);
    it.candidate = it.bobAt([away]);
    expect(await it.pass(9_000)).toEqual(['192.0.2.2']);
    it.dialler.stop();
  });

  test('waits with fewer addresses, or other channels, as it did', async () => {
    const it = new World();
    it.candidate = it.bobAt([home, away]);
    await it.givenUp();
    it.candidate = it.bobAt([home]);
    expect(await it.pass(6_100)).toEqual([]);
    it.candidate = { ...it.candidate, channels: [] };
    expect(await it.pass(6_100)).toEqual([]);
    it.dialler.stop();
  });

  test('does not keep us busy with addresses that are made up', async () => {
    const it = new World();
    await it.givenUp();
    let races = 0;
    for (let round = 0; round < 600; round++) {
      it.candidate = it.bobAt([{ host: `192.0.2.${round % 200}`, port: 9101 }]);
      races += (await it.pass(100)).length;
    }
    // A minute: one race in five seconds, and none twice as fast.
    expect(races).toBeLessThanOrEqual(13);
    expect(races).toBeGreaterThan(8);
    it.dialler.stop();
  });

  test('is dialled nowhere any more once the dialler stops, and no timer is left', async () => {
    const it = new World();
    it.isSilent = true;
    it.candidate = it.bobAt([home, away]);
    it.dialler.look();
    await it.pass(1_500);
    it.dialler.stop();
    await it.pass(100);
    expect(it.time.timers).toBe(0);
    expect(await it.pass(30_000)).toEqual([]);
  });
});
