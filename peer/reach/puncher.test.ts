/** Punches of one side over real sockets; the other side is the test, which is honest, or not. Two that meet: test/nat.test.ts. */
import { once } from 'node:events';
import { createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import type { LinkMessage } from '../../protocol/link-messages.js';
import { PUNCH_FEATURE, type Punch } from '../../protocol/punch-messages.js';
import { TestCa, type TestDevice } from '../identity/test-ca.js';
import { Links } from '../link/links.js';
import { pipe } from '../link/test-support.js';
import { LINK_LIMITS, type Link, type LinkEvents } from '../link/types.js';
import { Puncher } from './puncher.js';
import { freePort } from './reflect.js';

const quiet = { debug: () => undefined, info: () => undefined, warn: () => undefined };
/** Waits are so much shorter than in life. */
const FASTER = 4;
const timers = {
  setTimeout: (run: () => void, ms: number) => setTimeout(run, ms / FASTER),
  clearTimeout: (timer: unknown) => clearTimeout(timer as NodeJS.Timeout),
};

class Side implements LinkEvents {
  readonly links: Links;
  readonly heard: LinkMessage[] = [];
  readonly ups: Link[] = [];
  downs = 0;
  puncher: Puncher | undefined;
  private readonly waiting = new Set<() => void>();

  constructor(readonly self: TestDevice) {
    this.links = new Links({
      ...{ identity: self, limits: LINK_LIMITS, clock: Date, timers, log: quiet, events: this },
      ...{ barred: () => undefined, channels: () => [], features: [PUNCH_FEATURE] },
    });
  }

  up(link: Link): void {
    this.ups.push(link);
    this.puncher?.up(link);
    this.changed();
  }

  messages(link: Link, messages: LinkMessage[]): void {
    this.heard.push(...messages);
    this.puncher?.messages(link, messages);
    this.changed();
  }

  down(link: Link): void {
    this.downs += 1;
    this.puncher?.down(link);
    this.changed();
  }

  drain(): void {}

  async until<Result>(look: () => Result | undefined): Promise<Result> {
    for (;;) {
      const found = look();
      if (found !== undefined) return found;
      await new Promise<void>((resolve) => this.waiting.add(resolve));
    }
  }

  /** The first message of that step. */
  said(step: Punch['step'], at = 0): Promise<Punch> {
    return this.until(
      () => this.heard.filter((each): each is Punch => each.type === 'punch' && each.step === step)[at],
    );
  }

  private changed(): void {
    for (const look of this.waiting) look();
    this.waiting.clear();
  }
}

let small: TestDevice;
let large: TestDevice;
let stranger: TestDevice;
beforeAll(async () => {
  const ca = await TestCa.create();
  const [a, b] = [await ca.device('alice'), await ca.device('bob')];
  [small, large] = a.device < b.device ? [a, b] : [b, a];
  stranger = await ca.device('mallory');
});

/** It punches; its links are watched as well. */
let mine: Side;
/** The other end of the relayed link, driven by the test. */
let theirs: Side;
let relayed: Link;
let server: Server;
let connections: Socket[];
let reflected: number[];

/** `leads`: whether the side that punches does. */
async function world(leads: boolean): Promise<void> {
  [mine, theirs] = [new Side(leads ? small : large), new Side(leads ? large : small)];
  mine.puncher = new Puncher({
    ...{ self: mine.self.device, links: mine.links, timers, log: quiet },
    now: () => performance.now() * FASTER,
    random: () => 0.5,
    permits: ({ port }) => port >= 1024,
    isSteady: () => Promise.resolve(undefined),
    reflect: async () => {
      const localPort = await freePort();
      reflected.push(localPort);
      return { localPort, host: '127.0.0.1', port: localPort };
    },
  });
  const [near, far]: [Duplex, Duplex] = pipe();
  theirs.links.accept(far, mine.self.device);
  await mine.links.attachRelayed(near, theirs.self.device, new AbortController().signal);
  relayed = await theirs.until(() => theirs.ups[0]);
}

const seen = () => ({ host: '127.0.0.1', port: (server.address() as AddressInfo).port });
const say = (message: Punch): void => relayed.send(message);

beforeEach(async () => {
  [connections, reflected] = [[], []];
  server = createServer((socket) => connections.push(socket.on('error', () => undefined))).listen(0, '127.0.0.1');
  await once(server, 'listening');
});
afterEach(async () => {
  mine.puncher?.close();
  for (const socket of connections) socket.destroy();
  server.close();
  await Promise.all([mine.links.close(), theirs.links.close()]);
});

/** The leader's first offer, answered. */
async function answer(at = 0): Promise<Punch & { step: 'offer' }> {
  const offer = await theirs.said('offer', at);
  if (offer.step !== 'offer') throw new Error('it is one');
  say({ type: 'punch', step: 'answer', attempt: offer.attempt, seen: seen(), ms: 0 });
  return offer;
}

/** The follower's answer to an offer, and go. */
async function offer(attempt = 1): Promise<Punch> {
  say({ type: 'punch', step: 'offer', attempt, seen: seen() });
  const answered = await theirs.said('answer', attempt - 1);
  say({ type: 'punch', step: 'go', attempt });
  return answered;
}

const connected = async (): Promise<Socket> =>
  connections.at(-1) ?? ((await once(server, 'connection')) as [Socket])[0];

describe.each([
  ['leader', true],
  ['follower', false],
])('the %s', (_, leads) => {
  const meet = async (): Promise<Socket> => {
    await world(leads);
    const told = await (leads ? answer() : offer());
    const socket = await connected();
    // From the port that it has told.
    expect('seen' in told ? told.seen.port : 0).toBe(socket.remotePort);
    return socket;
  };

  test('is linked through the hole, in its role, and the relayed link gives way in one turn', async () => {
    const socket = await meet();
    const link = await theirs.links.attach(socket, leads ? 'listener' : 'dialler', mine.self.device);
    const direct = await mine.until(() => mine.ups[1]);
    expect([link.relayed, direct.relayed, direct.dialled]).toEqual([false, false, leads]);
    expect([mine.ups.length, mine.downs, mine.links.size]).toEqual([2, 1, 1]);
    link.send({ type: 'status', status: 'away' });
    await mine.until(() => mine.heard.find(({ type }) => type === 'status'));
  });

  test('is linked with nobody else who is there', async () => {
    const socket = await meet();
    const other = new Side(stranger);
    await expect(other.links.attach(socket, leads ? 'listener' : 'dialler', mine.self.device)).rejects.toThrow();
    await other.links.close();
    expect([mine.ups.length, mine.downs, mine.links.size]).toEqual([1, 0, 1]);
  });

  test('is not held up by what answers with noise, and the relayed link stays', async () => {
    const socket = await meet();
    const closed = once(socket, 'close');
    socket.resume().write(Buffer.alloc(64 * 1024, 0x55));
    await closed;
    // The next attempt comes from another port.
    await (leads ? theirs.said('offer', 1) : offer(2));
    expect(new Set(reflected).size).toBe(2);
    expect([mine.ups.length, mine.downs]).toEqual([1, 0]);
  });

  test('leaves who says nothing there', async () => {
    const socket = await meet();
    const closed = once(socket, 'close');
    socket.resume();
    await closed;
    expect([mine.ups.length, mine.downs]).toEqual([1, 0]);
  });

  test('holds nothing once it is closed', async () => {
    const socket = await meet();
    const closed = once(socket, 'close');
    socket.resume();
    mine.puncher?.close();
    await closed;
    expect(mine.links.opening).toBe(0);
  });
});

test('who does not know punching is told nothing', async () => {
  await world(true);
  const plain = { relayed: true, features: [], remote: { device: large.device } } as unknown as Link;
  mine.puncher?.up(plain);
  mine.puncher?.messages(plain, [{ type: 'punch', step: 'call' }]);
  await answer();
  expect(reflected).toHaveLength(1);
});

test('four are under way at once, and the fifth is told so', async () => {
  await world(false);
  const sent: Punch[] = [];
  const others = Array.from({ length: 5 }, (_, at) => {
    const remote = { device: `0${at}`.padEnd(22, '-'), username: `u${at}`, certificate: '' };
    const send = (message: Punch): void => void sent.push(message);
    return { relayed: true, features: [PUNCH_FEATURE], remote, send } as unknown as Link;
  });
  for (const link of others) {
    mine.puncher?.up(link);
    mine.puncher?.messages(link, [{ type: 'punch', step: 'offer', attempt: 1, seen: seen() }]);
  }
  expect(sent).toEqual([{ type: 'punch', step: 'refuse', attempt: 1, code: 'busy' }]);
  for (const link of others) mine.puncher?.down(link);
});
