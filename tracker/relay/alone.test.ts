/** A relay in a process of its own: tickets of the tracker lead there, and the tracker's own relay is for when it does not answer. */
import 'reflect-metadata'; // Needed by @peculiar/x509, before it.
import { createServer, type RequestListener, type Server } from 'node:http';
import { once } from 'node:events';
import { readFile, writeFile } from 'node:fs/promises';
import { connect, type AddressInfo } from 'node:net';
import { join } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { afterEach, describe, expect, test } from '@jest/globals';
import { CIRCUIT_PROTOCOL } from '../../protocol/circuit.js';
import { makeTransport } from '../ask.js';
import { defaultSettings } from '../settings.js';
import { ask, circuitsOpen, party, Side, tickets, type Party } from '../testing/circuit.js';
import { refusal } from '../testing/events-socket.js';
import { FakeClock } from '../testing/fake-clock.js';
import { expectFailure, silent, TestTrackers, type TestTracker } from '../testing/test-tracker.js';
import { startRelay, type RelayAlone, type RelayConfig } from './alone.js';
import { OtherRelays, relaysOf } from './other-relays.js';

const trackers = new TestTrackers();
const undo: (() => unknown)[] = [];
afterEach(async () => {
  for (const work of undo.splice(0).reverse()) await work();
  await trackers.clean();
});

const { relay: limits } = defaultSettings;
const caOf = ({ dataDir }: TestTracker): string => join(dataDir, 'ca.pem');

async function relayFor(at: TestTracker, more: Partial<RelayConfig> = {}): Promise<RelayAlone> {
  const usual = { host: '127.0.0.1', port: 0, authority: { tracker: new URL(at.url) }, limits };
  const relay = await startRelay({ ...usual, ...more }, silent);
  undo.push(() => relay.close());
  return relay;
}

/** The same tracker, with these relays in its settings. */
async function withRelays(at: TestTracker, relays: readonly string[], more: object = {}): Promise<TestTracker> {
  await at.tracker.close();
  const settings = { relays, relay: { asksPerMinute: 100_000, ...more } };
  await writeFile(join(at.dataDir, 'settings.json'), JSON.stringify(settings));
  return trackers.start({ dataDir: at.dataDir });
}

async function two(at: TestTracker): Promise<[Party, Party]> {
  return [await party(at, 'alice'), await party(at, 'bob')];
}

/** Asks until the tracker names this relay. */
async function asked(parties: readonly [Party, Party], relay: string): Promise<[string, string]> {
  for (;;) {
    const { body } = await ask(...parties);
    if (body['relay'] === relay) return tickets(...parties);
  }
}

async function joined(relay: string, both: readonly [string, string]): Promise<[Side, Side]> {
  const sides: [Side, Side] = [await Side.open(relay, both[0]), await Side.open(relay, both[1])];
  await Promise.all(sides.map((side) => side.joined));
  return sides;
}

const healthOf = async ({ port }: { readonly port: number }): Promise<unknown> =>
  (await fetch(`http://127.0.0.1:${port}/healthz`)).json();

/** Something that is no relay, or an odd one. */
async function served(answer: RequestListener): Promise<string> {
  const server: Server = createServer(answer);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  undo.push(() => (server.closeAllConnections(), server.close()));
  return `ws://127.0.0.1:${(server.address() as AddressInfo).port}/circuit`;
}

describe('a relay of its own', () => {
  test('carries circuits of the tracker that names it, and says how it is', async () => {
    const first = await trackers.start();
    const relay = await relayFor(first);
    const at = await withRelays(first, [relay.url]);
    expect(await healthOf(relay)).toEqual({ status: 'success', relay: relay.url, ca: relay.ca, isFull: false });
    const parties = await two(at);
    const [one, other] = await joined(relay.url, await asked(parties, relay.url));
    one.socket.send(Buffer.from('from one'));
    other.socket.send(Buffer.from('from the other'));
    expect([String(await other.until(8)), String(await one.until(14))]).toEqual(['from one', 'from the other']);
    expect(await circuitsOpen(at)).toBe(0);
    expect(await (await fetch(`http://127.0.0.1:${relay.port}/metrics`)).text()).toContain('parley_circuits 1\n');
    one.socket.close();
    expect(await other.closed).toBe(1001);
  });

  test('takes tickets for itself alone, of its CA alone', async () => {
    const [first, stranger] = [await trackers.start(), await trackers.start()];
    const [relay, other] = [await relayFor(first), await relayFor(stranger)];
    const at = await withRelays(first, [relay.url]);
    const parties = await two(at);
    const [mine] = await asked(parties, relay.url);
    const refused = (url: string, ticket: string) =>
      refusal(url, { authorization: `Bearer ${ticket}`, 'sec-websocket-protocol': CIRCUIT_PROTOCOL });
    const bad = [401, expect.objectContaining({ code: 'bad_ticket' })];
    expect(await refused(other.url, mine)).toEqual(bad);
    expect(await refused(`${at.url}/circuit`, mine)).toEqual(bad);
    expect(await refused(relay.url, `${mine}x`)).toEqual(bad);
    expect(await refusal(relay.url, {})).toEqual(bad);
    // One of another tracker, for that tracker's own relay.
    const [foreign] = await tickets(...(await two(stranger)));
    expect(await refused(relay.url, foreign)).toEqual(bad);
  });

  test('full, or gone for a while: it is not named until it has room again', async () => {
    const first = await trackers.start();
    const relay = await relayFor(first, { limits: { ...limits, circuits: 1 } });
    const at = await withRelays(first, [relay.url]);
    const parties = await two(at);
    const clock = new FakeClock();
    const warned: object[] = [];
    const others = new OtherRelays({
      ...{ relays: relaysOf([relay.url]), ca: relay.ca, clock, random: () => 0.99 },
      ...{ transport: makeTransport(1, undefined), log: { ...silent, warn: (facts) => void warned.push(facts) } },
    });
    undo.push(() => others.close());
    const becomes = async (named: string | undefined): Promise<void> => {
      while (others.pick() !== named) await setImmediate();
    };
    await becomes(relay.url);
    const [side] = await joined(relay.url, await asked(parties, relay.url));
    expect(await healthOf(relay)).toMatchObject({ isFull: true });
    clock.advance(10_000);
    await becomes(undefined);
    side.socket.close();
    await side.closed;
    clock.advance(10_000);
    await becomes(relay.url);
    expect(warned).toEqual([]);
    await relay.close();
    clock.advance(10_000);
    await becomes(undefined);
    expect(warned).toEqual([{ relay: relay.url, reason: 'nothing listens there' }]);
  });

  test('gone, or never one: the tracker relays itself, or says that there is none', async () => {
    const first = await trackers.start();
    const foreign = await relayFor(await trackers.start());
    const odd = [
      foreign.url,
      await served((_request, response) => void response.end('hello')),
      await served((_request, response) => void response.writeHead(302, { location: 'http://127.0.0.1:1/' }).end()),
      await served((_request, response) => {
        response.on('error', () => undefined);
        const more = (): void =>
          void (response.destroyed || response.write('x'.repeat(65_536), () => void setImmediate(more)));
        more();
      }),
      await served((_request, response) =>
        response.end(JSON.stringify({ status: 'success', relay: 'ws://other/circuit', ca: foreign.ca, isFull: false })),
      ),
      'ws://127.0.0.1:1/circuit',
    ];
    const at = await withRelays(first, odd);
    const parties = await two(at);
    for (let turn = 0; turn < 40; turn += 1) expect((await ask(...parties)).body['relay']).toBe('/circuit');
    const without = await withRelays(at, odd, { enabled: false });
    const again = await Promise.all(['carol', 'dave'].map((name) => party(without, name)));
    const [carol, dave] = again;
    if (carol && dave) expectFailure(await ask(carol, dave), 503, 'relay_full');
  });

  test('strangers who open a connection and say little hold nothing for long', async () => {
    const relay = await relayFor(await trackers.start());
    const heads = ['', 'GET /circuit HTTP/1.1\r\n', 'GET / HTTP/1.1\r\nHost: x\r\n\r\n', '\0\xff\r\n\r\n'];
    for (const head of heads) {
      const socket = connect(relay.port, '127.0.0.1');
      undo.push(() => socket.destroy());
      socket.on('error', () => undefined);
      await once(socket, 'connect');
      socket.write(head, 'latin1');
    }
    expect(await healthOf(relay)).toMatchObject({ status: 'success' });
    expect((await fetch(`http://127.0.0.1:${relay.port}/circuit`)).status).toBe(404);
  });
});

describe('what it is started with', () => {
  const failed = (config: Partial<RelayConfig>): Promise<unknown> =>
    startRelay({ host: '127.0.0.1', port: 0, authority: { file: '/nonexistent' }, limits, ...config }, silent).catch(
      (error: unknown) => (error as Error).message,
    );

  test('the CA from a file, a name of its own', async () => {
    const at = await trackers.start();
    const relay = await relayFor(at, {
      authority: { file: caOf(at) },
      publicUrl: new URL('https://relay.example/parley/'),
    });
    expect(relay.url).toBe('wss://relay.example/parley/circuit');
  });

  test('what it cannot work with is said in a line', async () => {
    const at = await trackers.start();
    const dir = await trackers.directory();
    await writeFile(join(dir, 'odd.pem'), 'hello');
    expect(await failed({})).toContain('cannot be read (ENOENT). Check --ca.');
    expect(await failed({ authority: { file: join(dir, 'odd.pem') } })).toContain("no certificate of a tracker's CA");
    expect(await failed({ authority: { tracker: new URL('http://127.0.0.1:1') } })).toContain('nothing listens there');
    expect(await failed({ authority: { tracker: new URL(`${at.url}/metrics/`) } })).toContain('HTTP 404');
    expect(await failed({ authority: { file: caOf(at) }, host: '0.0.0.0' })).toContain('Add --public-url');
    expect(await failed({ authority: { file: caOf(at) }, port: at.tracker.port })).toContain('is in use');
    expect(await failed({ authority: { file: caOf(at) }, publicUrl: new URL('ftp://x') })).toContain('no address');
    expect(await readFile(caOf(at), 'utf8')).toContain('BEGIN CERTIFICATE');
    for (const relays of [['http://relay.example'], ['wss://relay.example/'], ['x']])
      await expect(withRelays(at, relays)).rejects.toThrow('no address of a relay');
  });
});
