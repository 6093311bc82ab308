/** Outgoing webhooks: signed, in order, again until they are taken, and nowhere that was not meant (SPEC.md section 8). */
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { createHmac } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingMessage } from 'node:http';
import { createServer as createTcpServer, type AddressInfo } from 'node:net';
import type { ConversationId } from '../../protocol/ids.js';
import { MESSAGE_MAX } from '../../protocol/limits.js';
import type { Peer } from '../peer.js';
import { InProcess, post, until } from '../../test/support/in-process.js';
import { runCommand } from '../commands/run.js';
import { deliver, isLocalAddress, lookupElsewhere } from './deliver.js';
import { OutgoingHooks } from './outgoing.js';
import { readHookPost } from './slack.js';

const general = '#general' as ConversationId;

let world: InProcess;
let receiver: Receiver;
beforeEach(async () => {
  world = await InProcess.create();
  receiver = await Receiver.open();
});
afterEach(async () => {
  await world.close();
  await receiver.close();
}, 30_000);

interface Got {
  readonly headers: IncomingMessage['headers'];
  readonly body: string;
}

class Receiver {
  readonly got: Got[] = [];
  /** Of the next answers; 204 when there are none left. */
  readonly answers: number[] = [];
  #heard: () => void = () => undefined;
  readonly #server = createServer((request, response) => {
    let body = '';
    request.on('data', (part) => (body += String(part)));
    request.on('end', () => {
      this.got.push({ headers: request.headers, body });
      response.writeHead(this.answers.shift() ?? 204).end();
      this.#heard();
    });
  });

  static async open(): Promise<Receiver> {
    const receiver = new Receiver();
    receiver.#server.listen(0, '127.0.0.1');
    await once(receiver.#server, 'listening');
    return receiver;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}/in`;
  }

  async until(count: number): Promise<string[]> {
    while (this.got.length < count) await new Promise<void>((resolve) => (this.#heard = resolve));
    return this.got.map(({ body }) => (JSON.parse(body) as { message: string }).message);
  }

  async close(): Promise<void> {
    this.#server.closeAllConnections();
    this.#server.close();
    await once(this.#server, 'close');
  }
}

async function alice(): Promise<Peer> {
  const { url } = await world.tracker();
  const peer = await world.signedIn('alice', [url]);
  await until(peer, () => peer.services.people.tracker().state === 'connected');
  return peer;
}

test('what is written is told in order, signed, and goes on after a restart and a failure', async () => {
  const peer = await alice();
  await post(peer, general, 'before');
  const asked = { direction: 'out', name: 'bot', url: receiver.url, local: true };
  const { secret } = await runCommand(peer.services, 'hook.create', asked);
  receiver.answers.push(204, 400);
  await post(peer, general, 'one');
  await post(peer, general, 'refused');
  await post(peer, general, 'two @alice');
  await runCommand(peer.services, 'message.post', {
    conversation: '#general',
    message: 'loop',
    data: { hook: { name: 'x' } },
  });
  await post(peer, general, 'three');
  expect(await receiver.until(4)).toEqual(['one', 'refused', 'two @alice', 'three']);
  const [{ headers, body } = { headers: {}, body: '' }] = receiver.got;
  expect(JSON.parse(body)).toMatchObject({ event: 'message', user: 'alice', from: 'alice', conversation: '#general' });
  const signed = `${String(headers['parley-timestamp'])}.${body}`;
  expect(headers['parley-signature']).toBe(`v1=${createHmac('sha256', secret).update(signed).digest('hex')}`);

  // While it fails nothing is passed over; after a restart the same one comes again.
  receiver.answers.push(503);
  await post(peer, general, 'four');
  await receiver.until(5);
  await post(peer, general, 'five');
  await peer.close();
  const again = await world.peer(
    'alice',
    peer.services.people.tracker().url === '' ? [] : [peer.services.people.tracker().url],
  );
  expect((await receiver.until(7)).slice(4)).toEqual(['four', 'four', 'five']);
  expect(receiver.got[4]?.headers['parley-delivery']).toBe(receiver.got[5]?.headers['parley-delivery']);
  await again.close();
});

test('only what names the user, only of one conversation, and none once it is revoked', async () => {
  const peer = await alice();
  const { services } = peer;
  const asked = {
    direction: 'out',
    name: 'bot',
    url: receiver.url,
    local: true,
    mentions: true,
    conversation: '#general',
  };
  const { hook } = await runCommand(services, 'hook.create', asked);
  const say = (conversation: string, message: string) =>
    runCommand(services, 'message.post', { conversation, message });
  await say('#general', 'nobody');
  await say('#broadcast', '@alice elsewhere');
  await say('#general', '@alice here');
  expect(await receiver.until(1)).toEqual(['@alice here']);
  expect(JSON.parse(receiver.got[0]?.body ?? '')).toMatchObject({ event: 'mention' });
  await runCommand(services, 'hook.revoke', { hook: hook.id });
  await say('#general', '@alice again');
  const other = await runCommand(services, 'hook.create', { ...asked, mentions: false });
  await say('#general', 'the end');
  expect(await receiver.until(2)).toEqual(['@alice here', 'the end']);
  expect(other.hook.id).not.toBe(hook.id);
});

describe('the own network', () => {
  test.each([
    '127.0.0.1',
    '10.1.2.3',
    '172.31.0.1',
    '192.168.1.1',
    '169.254.169.254',
    '100.64.0.1',
    '0.0.0.0',
    '224.0.0.1',
  ])('has %s', (address) => expect(isLocalAddress(address)).toBe(true));
  test.each(['::1', '::', 'fe80::1%eth0', 'fd00::1', '::ffff:127.0.0.1', '::ffff:7f00:1', '64:ff9b::a00:1', 'ff02::1'])(
    'has %s',
    (address) => expect(isLocalAddress(address)).toBe(true),
  );
  test.each(['1.1.1.1', '172.32.0.1', '2606:4700::1111', '::ffff:8.8.8.8'])('has not %s', (address) =>
    expect(isLocalAddress(address)).toBe(false),
  );

  test('is refused where the hook is made, in every way of writing an address, unless that was allowed', async () => {
    const { services } = await alice();
    const make = (host: string, local = false) =>
      runCommand(services, 'hook.create', { direction: 'out', name: 'bot', url: `http://${host}:9/`, local });
    for (const host of [
      ...['127.0.0.1', '[::1]', '0.0.0.0', '169.254.169.254', '10.0.0.8', '[fe80::1]', '[::ffff:127.0.0.1]'],
      ...['[::ffff:a00:1]', '[::127.0.0.1]', '[64:ff9b::7f00:1]', '2130706433', '0x7f.1', '0177.0.0.1', '127.1'],
      ...['127.0.0.1.', 'localhost', 'LOCALHOST.', 'a.localhost'],
    ])
      await expect(make(host)).rejects.toMatchObject({
        code: 'bad_request',
        message: expect.stringMatching(/own network\. Use a public address, or let/),
      });
    expect(services.hooks.list()).toEqual([]);
    await make('127.0.0.1', true);
    await make('93.184.215.14');
    await make('localhost.example.org');
    expect(services.hooks.list()).toHaveLength(3);
  });

  test('is not reached unless that was allowed, by number or by name', async () => {
    const { port } = new URL(receiver.url);
    const delivery = { key: 'k', local: false, id: 'i', body: '{}', now: 0 };
    const { signal } = new AbortController();
    for (const host of ['127.0.0.1', '[::1]', 'localhost', '2130706433', '0x7f.1']) {
      const outcome = await deliver({ ...delivery, url: `http://${host}:${port}/` }, signal);
      expect(outcome).toMatchObject({ kind: 'failed', why: expect.stringContaining('own network') });
    }
    expect(receiver.got).toEqual([]);
    expect(await deliver({ ...delivery, local: true, url: receiver.url }, signal)).toEqual({ kind: 'delivered' });
  });

  test('nor by a name that leads there when it is looked up', async () => {
    for (const all of [true, false])
      expect(
        await new Promise((resolve) => lookupElsewhere('localhost', { all }, (error) => resolve(error?.message))),
      ).toMatch(/own network/);
  });

  test('nor by a redirect', async () => {
    receiver.answers.push(302);
    const delivery = { url: receiver.url, key: 'k', local: true, id: 'i', body: '{}', now: 0 };
    expect(await deliver(delivery, new AbortController().signal)).toMatchObject({ kind: 'refused' });
    expect(receiver.got).toHaveLength(1);
  });

  test('nor does one that answers with another protocol keep a delivery waiting', async () => {
    const other = createTcpServer((socket) =>
      socket.once('data', () => socket.write('HTTP/1.1 101 Switching\r\nConnection: upgrade\r\nUpgrade: x\r\n\r\n')),
    );
    other.listen(0, '127.0.0.1');
    await once(other, 'listening');
    const url = `http://127.0.0.1:${(other.address() as AddressInfo).port}/`;
    const delivery = { url, key: 'k', local: true, id: 'i', body: '{}', now: 0 };
    expect(await deliver(delivery, new AbortController().signal)).toMatchObject({ kind: 'failed' });
    other.close();
    await once(other, 'close');
  });
});

test('a place that a mended history has lost is passed over, and what comes then is sent', async () => {
  const peer = await alice();
  const { services } = peer;
  const { hook } = await runCommand(services, 'hook.create', {
    direction: 'out',
    name: 'a',
    url: receiver.url,
    local: true,
  });
  const known = {
    id: hook.id,
    url: receiver.url,
    key: 'k',
    local: true,
    after: '7.lost',
    name: 'a',
    direction: 'out',
    created: 0,
  } as const;
  const moved: string[] = [];
  const book = {
    outgoing: () => [known],
    watch: () => undefined,
    failing: () => undefined,
    moved: (_id: string, place: string) => void moved.push(place),
  };
  await runCommand(services, 'hook.revoke', { hook: hook.id });
  const hooks = new OutgoingHooks({ services, book: book as never });
  hooks.start();
  await runCommand(services, 'message.post', { conversation: '#general', message: 'after' });
  expect(await receiver.until(1)).toEqual(['after']);
  await hooks.stop();
  expect(moved.length).toBeGreaterThan(0);
});

test('what is too long is cut where a character ends', () => {
  const { message } = readHookPost({ text: '界'.repeat(10_000) });
  expect(Buffer.byteLength(message)).toBeLessThanOrEqual(MESSAGE_MAX);
  expect(message).toMatch(/^界+ …$/);
});
