import { describe, expect, test } from '@jest/globals';
import { TestTime } from '../link/test-support.js';
import type { Interfaces } from './addresses.js';
import { Network, sourceFor, type Change } from './network.js';

const LOOK_MS = 5_000;

function ethernet(address: string, name = 'eth0'): Interfaces {
  return { [name]: [{ address, netmask: '', mac: '', internal: false, cidr: `${address}/24`, family: 'IPv4' }] };
}

class Machine {
  interfaces: Interfaces = ethernet('192.168.1.7');
  way = '192.168.1.7';
  readonly time = new TestTime();
  /** How long the wall clock stood still, or went on alone. */
  slept = 0;
  readonly changes: Change[] = [];
  readonly network = new Network({
    interfaces: () => this.interfaces,
    way: () => Promise.resolve(this.way),
    steady: () => this.time.now(),
    clock: { now: () => this.time.now() + this.slept },
    timers: this.time,
  });
  readonly hear = (change: Change): void => void this.changes.push(change);

  async look(ms = LOOK_MS): Promise<Change[]> {
    this.time.advance(ms);
    await new Promise(setImmediate);
    return this.changes.splice(0);
  }
}

describe('the network', () => {
  test('is another one when an address comes or goes, or the world is reached by another', async () => {
    const it = new Machine();
    const end = it.network.onChange(it.hear);
    expect(await it.look()).toEqual([]);
    it.interfaces = { ...it.interfaces, ...ethernet('10.8.0.2', 'tun0') };
    expect(await it.look()).toEqual(['network']);
    expect(await it.look()).toEqual([]);
    it.way = '10.8.0.2';
    expect(await it.look()).toEqual(['network']);
    it.interfaces = ethernet('192.168.1.7');
    it.way = 'none';
    expect(await it.look()).toEqual(['network']);
    end();
    expect(it.time.timers).toBe(0);
  });

  test('is the same when only a container was started', async () => {
    const it = new Machine();
    const end = it.network.onChange(it.hear);
    await it.look();
    it.interfaces = { ...it.interfaces, ...ethernet('172.18.0.1', 'br-0123456789ab') };
    expect(await it.look()).toEqual([]);
    end();
  });

  test('may be any after sleep, whichever clock tells of it', async () => {
    const it = new Machine();
    const end = it.network.onChange(it.hear);
    await it.look();
    it.slept = 3600_000;
    expect(await it.look()).toEqual(['woken']);
    expect(await it.look()).toEqual([]);
    it.slept = 0;
    expect(await it.look()).toEqual([]);
    end();
  });

  test('is watched once for all who want to know, and no longer than they do', async () => {
    const it = new Machine();
    const ends = [it.network.onChange(it.hear), it.network.onChange((change) => it.hear(change))];
    await it.look();
    expect(it.time.timers).toBe(1);
    it.interfaces = ethernet('10.0.0.1');
    expect(await it.look()).toEqual(['network', 'network']);
    ends[0]?.();
    ends[0]?.();
    it.interfaces = ethernet('10.0.0.2');
    expect(await it.look()).toEqual(['network']);
    ends[1]?.();
    expect(it.time.timers).toBe(0);
    it.interfaces = ethernet('10.0.0.3');
    // What changes while nobody watches is news to nobody.
    const again = it.network.onChange(it.hear);
    expect(await it.look()).toEqual([]);
    again();
  });
});

test('our address on the way somewhere is told, and that there is no way', async () => {
  expect(await sourceFor('127.0.0.1')).toBe('127.0.0.1');
  // Refused by every system without a permission to ask all of the network.
  expect(await sourceFor('255.255.255.255')).toBeUndefined();
  // Link-local, without an interface.
  expect(await sourceFor('fe80::1')).toBeUndefined();
});
