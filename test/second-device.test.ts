/** A second device of the same user, with real daemons: it gets all that the first one holds, tells how far it is, and is cut off. */
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { join } from 'node:path';
import type { HistoryView } from '../protocol/local-api.js';
import type { TrackerReady } from '../scripts/daemon/daemon.js';
import { RunningPeer } from '../scripts/process/running-peer.js';
import { World, type Restartable } from './support/world.js';

const lasting = 120_000;
const PASSWORD = 'correct horse battery';
const DIRECT = '@alice+bob';
const NAME = "Lena's laptop";
const EACH = 150;

let world: World;
let tracker: Restartable<TrackerReady>;

beforeAll(async () => {
  world = await World.create('second-device');
  tracker = await world.startTracker();
}, lasting);
afterAll(() => world.close(), lasting);

/** A daemon as a program hears it. */
class Listener {
  /** What was told of the history that comes; undefined: that it is over. */
  readonly told: (HistoryView | undefined)[] = [];
  /** How much is unread, by conversation. */
  readonly unread = new Map<string, number>();
  private more: () => void = () => undefined;

  private constructor(readonly peer: RunningPeer) {
    peer.heard = (event) => {
      if (event.type === 'history') this.told.push(event.history);
      const views =
        event.type === 'snapshot' ? event.conversations : event.type === 'conversation' ? [event.conversation] : [];
      for (const { id, unread } of views) this.unread.set(id, unread);
      this.more();
    };
  }

  static async at(folder: string): Promise<Listener> {
    const listener = new Listener(await RunningPeer.find({ 'data-dir': join(world.folder, folder) }));
    await listener.peer.run('people.list', {});
    return listener;
  }

  /** Looks now and after each event. */
  async until(holds: () => boolean | Promise<boolean>): Promise<void> {
    for (;;) {
      const event = new Promise<void>((done) => (this.more = done));
      if (await holds()) return;
      await event;
    }
  }

  async holds(conversation: string, count: number): Promise<void> {
    await this.until(async () => (await this.texts(conversation)).length === count);
  }

  async texts(conversation: string): Promise<string[]> {
    const found: string[] = [];
    for (let before: string | undefined; ;) {
      const place = before === undefined ? {} : { before };
      const page = await this.peer.run('history.page', { conversation, limit: 200, ...place });
      found.unshift(...page.entries.filter(({ kind }) => kind === 'text').map(({ message }) => message));
      if (!page.more) return found;
      before = page.entries[0]?.id;
    }
  }

  async newest(conversation: string): Promise<string> {
    const { entries } = await this.peer.run('history.page', { conversation, limit: 1 });
    return entries.at(-1)?.id ?? '';
  }

  post(conversation: string, messages: readonly string[]): Promise<unknown> {
    return Promise.all(messages.map((message) => this.peer.run('message.post', { conversation, message })));
  }
}

test(
  'channels and private conversations come from the first device, and how far they are is told; also after a cut',
  async () => {
    const account = { tracker, password: PASSWORD };
    const bobs = await world.startPeer({ ...account, username: 'bob', register: true });
    const first = await world.startPeer({ ...account, username: 'alice', register: true });
    const [alice, bob] = [await Listener.at('alice'), await Listener.at('bob')];
    for (const conversation of ['#general', DIRECT])
      for (const [name, user] of Object.entries({ alice, bob }))
        await user.post(
          conversation,
          Array.from({ length: EACH }, (_, i) => `${name} ${i}`),
        );
    for (const conversation of ['#general', DIRECT]) await alice.holds(conversation, 2 * EACH);
    const before = new Map<string, string[]>();
    for (const conversation of ['#general', DIRECT]) before.set(conversation, await alice.texts(conversation));
    await alice.peer.run('conversation.read', { conversation: '#general', upTo: await alice.newest('#general') });
    const [own] = (await alice.peer.run('devices.list', {})).devices;
    await alice.peer.run('devices.rename', { device: own?.device ?? '', name: NAME });
    // Nobody but the first device has it from now on.
    await bob.peer.close();
    await bobs.stop();
    await alice.peer.close();
    await first.stop();

    const second = await world.startPeer({ ...account, username: 'alice', folder: 'alice-2' });
    const here = await Listener.at('alice-2');
    expect(await here.texts(DIRECT)).toEqual([]);
    // The tracker has told how the first one is called.
    const { devices } = await here.peer.run('devices.list', {});
    expect(devices.find(({ current }) => !current)).toMatchObject({ name: NAME, seen: expect.any(String) });
    await first.start();
    await here.until(() => here.told.length > 1 && here.told.at(-1) === undefined);
    const [begun] = here.told;
    expect(begun).toMatchObject({ state: 'coming', device: own?.device, name: NAME });
    expect(begun?.total).toBeGreaterThanOrEqual(4 * EACH);
    for (const [conversation, texts] of before) expect(await here.texts(conversation)).toEqual(texts);

    // What was read at the first device is read here, and what was not is not.
    await here.until(() => here.unread.get(DIRECT) === EACH && here.unread.get('#general') === 0);
    const whole = await Listener.at('alice');
    await here.peer.run('conversation.read', { conversation: DIRECT, upTo: await here.newest(DIRECT) });
    await whole.until(() => whole.unread.get(DIRECT) === 0);

    // What is written while it is dead comes the same way, and nothing comes twice.
    await here.peer.close();
    await second.kill9();
    await whole.post(
      DIRECT,
      Array.from({ length: EACH }, (_, i) => `later ${i}`),
    );
    await second.start();
    const again = await Listener.at('alice-2');
    await again.holds(DIRECT, 3 * EACH);
    expect(new Set(await again.texts(DIRECT)).size).toBe(3 * EACH);
    await Promise.all([again.peer.close(), whole.peer.close()]);
  },
  lasting,
);
