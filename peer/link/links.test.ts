import { afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { once } from 'node:events';
import type { ChannelName } from '../../protocol/ids.js';
import type { LinkMessage } from '../../protocol/link-messages.js';
import { code, inProcess, memory, tcp, TestWorld, typing } from './test-world.js';

const DAY = 24 * 3600_000;
const world = new TestWorld();
beforeAll(() => world.prepare());
afterEach(() => world.clear());

describe.each([tcp, memory(64 * 1024), memory(7), inProcess])('a link over $name', (wire) => {
  test('comes up on both sides, with proven names', async () => {
    const [a, b] = [world.peer(world.alice, {}, ['general', 'tech']), world.peer(world.bob)];
    const link = await wire.dial(a, b);
    await b.until(({ ups }) => ups.length === 1);
    expect(link.remote).toEqual({ username: 'bob', device: world.bob.device, certificate: world.bob.certificatePem });
    expect([...link.channels]).toEqual(['general']);
    expect(link.dialled).toBe(true);
    const theirs = b.links.get(world.alice.device);
    expect(theirs).toMatchObject({ dialled: false, remote: { username: 'alice', device: world.alice.device } });
    expect([...(theirs?.channels ?? [])]).toEqual(['general', 'tech']);
    expect([...a.links.all()]).toEqual([link]);
  });

  test('carries messages in order, as few batches; says goodbye', async () => {
    const [a, b] = [world.peer(world.alice), world.peer(world.bob)];
    const link = await wire.dial(a, b);
    for (let seq = 1; seq <= 500; seq++)
      link.send({ ...typing, type: 'want', device: world.alice.device, from: seq, to: seq } as LinkMessage);
    link.sendLines(`${JSON.stringify(typing)}\n`.repeat(10));
    await b.until(({ heard }) => heard.length === 510);
    expect(b.heard.slice(0, 500).map((message) => message.type === 'want' && message.from)).toEqual(
      Array.from({ length: 500 }, (_, n) => n + 1),
    );
    link.close();
    await Promise.all([a.until(({ downs }) => downs.length === 1), b.until(({ downs }) => downs.length === 1)]);
    expect([a.lastReason, b.lastReason]).toEqual(['closed', 'closed']);
    expect(a.links.get(world.bob.device)).toBeUndefined();
    link.send(typing);
    expect(link.queued).toBe(0);
  });

  test('is refused where no place is left, unless the dialler needs it: then another one is down before it is up', async () => {
    const [a, b] = [world.peer(world.alice, {}, ['general', 'tech']), world.peer(world.bob)];
    const claims: unknown[] = [];
    const present: boolean[] = [];
    const carol = await world.ca.device('carol');
    b.places = {
      need: () => undefined,
      takes: (device, { channels, need }) => claims.push([device, channels, need]) > 0 && need !== undefined,
      comes: ({ channels }) => {
        b.links.get(carol.device)?.close();
        present.push([...channels].includes('tech' as ChannelName), b.links.get(carol.device) !== undefined);
      },
    };
    a.places = { need: () => 'message', takes: () => true, comes: () => undefined };
    const c = world.peer(carol);
    await expect(wire.dial(c, b)).rejects.toEqual(code('too_many_links'));
    c.places = { ...a.places, need: () => 'channel' };
    await wire.dial(c, b);
    await wire.dial(a, b);
    await b.until(({ downs, ups }) => downs.length === 1 && ups.length === 2);
    expect([...b.links.all()].map(({ remote }) => remote.username)).toEqual(['alice']);
    expect(present).toEqual([false, false, true, false]);
    expect(claims).toEqual([
      [carol.device, ['general'], undefined],
      [carol.device, ['general'], 'channel'],
      [world.alice.device, ['general', 'tech'], 'message'],
    ]);
  });

  test('follows joined and left', async () => {
    const [a, b] = [world.peer(world.alice), world.peer(world.bob)];
    const link = await wire.dial(a, b);
    link.sendLines('{"type":"joined","channel":"tech"}\n{"type":"left","channel":"general"}\n');
    await b.until(({ heard }) => heard.length === 2);
    expect([...(b.links.get(world.alice.device)?.channels ?? [])]).toEqual(['tech']);
  });

  test('a closing link says why', async () => {
    const [a, b] = [world.peer(world.alice), world.peer(world.bob)];
    (await wire.dial(a, b)).close('device_revoked');
    expect(a.downs).toEqual([]);
    await b.until(({ downs }) => downs.length === 1);
    expect([a.lastReason, b.lastReason]).toEqual(['device_revoked', 'device_revoked']);
  });

  test('pause holds the other side up, resume lets it go on', async () => {
    const [a, b] = [world.peer(world.alice, { queueLow: 64 * 1024 }), world.peer(world.bob)];
    const link = await wire.dial(a, b);
    await b.until(({ ups }) => ups.length === 1);
    b.ups[0]?.pause();
    let sent = 0;
    // In pieces of a few bytes it takes a tenth to be as many of them.
    const pad = 'x'.repeat(wire.name.includes('7 bytes') ? 5_000 : 50_000);
    const line = `${JSON.stringify({ ...typing, pad })}\n`;
    const enough = wire.name === 'TCP' ? 64 * 1024 : Infinity;
    while (sent < 40 || (link.queued < enough && enough !== Infinity && sent < 400)) {
      link.sendLines(line);
      sent += 1;
      await new Promise(setImmediate);
    }
    const held = b.heard.length;
    expect(held).toBeLessThan(sent);
    b.ups[0]?.resume();
    await b.until(({ heard }) => heard.length === sent);
    expect(link.queued).toBe(0);
    if (enough !== Infinity) expect(a.drains).toBeGreaterThan(0);
  });

  test('pings silence, and gives up the dead', async () => {
    const [a, b] = [world.peer(world.alice), world.peer(world.bob)];
    const socket = await world.rawLink(wire, b, world.alice);
    let told = '';
    socket.on('data', (chunk: Buffer) => (told += chunk.toString()));
    world.time.advance(15_000);
    while (!told.includes('{"type":"ping",')) await once(socket, 'data');
    socket.write('{"type":"pong"}\n{"type":"typing","conversation":"#general"}\n');
    await b.until(({ heard }) => heard.length === 1);
    world.time.advance(44_999);
    expect(b.downs).toEqual([]);
    world.time.advance(1);
    expect(b.lastReason).toBe('unavailable');
    expect(a.downs).toEqual([]);
  });

  test('answers a ping', async () => {
    const b = world.peer(world.bob);
    const socket = await world.rawLink(wire, b, world.alice);
    let told = '';
    socket.on('data', (chunk: Buffer) => (told += chunk.toString()));
    socket.write('{"type":"ping"}\n');
    while (!told.includes('pong')) await once(socket, 'data');
    expect(b.heard).toEqual([]);
    expect(told).toContain(`{"type":"pong","time":"${new Date(world.time.now()).toISOString()}"}`);
  });

  test('tells what the clock of the other side shows: at the start, with pings, and when it was set', async () => {
    const [a, b] = [world.peer(world.alice), world.peer(world.bob)];
    await wire.dial(a, b);
    await b.until(({ clocks }) => clocks.length === 1);
    expect([a.clocks, b.clocks]).toEqual([[iso(world.time.now())], [iso(world.time.now())]]);
    // One that says nothing, as older versions do; then all the ways to say it.
    const c = world.peer(world.bob);
    const socket = await world.rawLink(wire, c, world.alice);
    for (const type of ['ping', 'pong', 'pong'])
      socket.write(`${JSON.stringify({ type, time: iso(Date.UTC(2030, 0, 1)) })}\n`);
    await c.until(({ clocks }) => clocks.length === 3);
    expect(new Set(c.clocks)).toEqual(new Set([iso(Date.UTC(2030, 0, 1))]));
    expect(c.heard).toEqual([]);
  });

  test('a renewed certificate is shown to new links, and old ones stay', async () => {
    const [a, c] = [world.peer({ ...world.alice }), world.peer(await world.ca.device('carol'))];
    const b = world.peer(world.bob);
    const old = await wire.dial(a, b);
    const renewed = await world.ca.certify(world.alice.privateKey, 'alice', { notAfter: Date.now() + 60 * DAY });
    Object.assign(a.self, { certificate: renewed.certificate, certificatePem: renewed.certificatePem });
    a.links.updateCredentials();
    const fresh = await wire.dial(c, a);
    expect(fresh.remote.certificate).toBe(renewed.certificatePem);
    old.send(typing);
    await b.until(({ heard }) => heard.length === 1);
    expect(b.ups[0]?.remote.certificate).toBe(world.alice.certificatePem);
  });

  test('a link does not outlive the certificate of the other side', async () => {
    const brief = await world.ca.certify(world.alice.privateKey, 'alice', {
      notAfter: Math.ceil(world.time.now() / 1000) * 1000 + 20_000,
    });
    const b = world.peer(world.bob);
    await world.rawLink(wire, b, brief);
    world.time.advance(15_000);
    expect(b.downs).toEqual([]);
    world.time.advance(15_000);
    await b.until(({ downs }) => downs.length === 1);
    expect(b.lastReason).toBe('certificate_expired');
  });

  test('the second dial to a device is the first link', async () => {
    const [a, b] = [world.peer(world.alice), world.peer(world.bob)];
    const first = await wire.dial(a, b);
    expect(await a.links.dial({ host: '192.0.2.1', port: 1, device: world.bob.device })).toBe(first);
  });
});

function iso(at: number): string {
  return new Date(at).toISOString();
}
