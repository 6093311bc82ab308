/** Which of several trackers a peer goes to, and what it makes of those that a tracker has named. Real trackers, sockets, requests. */
import { afterEach, describe, expect, test } from '@jest/globals';
import { writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { copyTracker } from '../../tracker/testing/copied.js';
import { TestTrackers } from '../../tracker/testing/test-tracker.js';
import { caFingerprint } from '../settings/pins.js';
import { TrackerHttp } from './http.js';
import { Prober } from './prober.js';
import { makeClient, Story, type TestClient } from './test-client.js';
import { TrackerList } from './tracker-list.js';

const PASSWORD = 'correct horse';
const trackers = new TestTrackers();
const servers: Server[] = [];
const clients: TestClient[] = [];
afterEach(async () => {
  for (const { stop } of clients.splice(0)) await stop();
  for (const server of servers.splice(0))
    await new Promise((done) => (server.closeAllConnections(), server.close(done)));
  await trackers.clean();
});

const timers = {
  after(ms: number, work: () => void): () => void {
    const timer = setTimeout(work, ms);
    return () => clearTimeout(timer);
  },
};

/** `silent`: takes requests and never answers. */
async function answering(how: 'at once' | 'silent' | 'badly') {
  let asked = 0;
  let isWaiting = false;
  const server = createServer((_request, response) => {
    asked += 1;
    isWaiting = true;
    response.on('close', () => void (isWaiting = false));
    if (how === 'at once') response.end('{"status":"success"}');
    if (how === 'badly') response.end('<html>');
  });
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: new URL(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`),
    asked: () => asked,
    isWaiting: () => isWaiting,
  };
}

async function nobody(): Promise<URL> {
  const { url } = await answering('silent');
  await new Promise((done) => servers.pop()?.close(done));
  return url;
}

async function search(urls: readonly URL[], at: () => void = () => undefined): Promise<string> {
  const clock = { now: () => Date.now() };
  const http = new TrackerHttp({ clock, timers, timeoutMs: 2_000, dated: () => undefined });
  const story = new Story<string>();
  const prober = new Prober({
    ...{ http, timers, url: (index: number) => urls[index] ?? new URL('http://nobody.invalid') },
    answered: (index) => {
      at();
      story.tell(`answered ${index}`);
    },
    silent: (index, reason) => story.tell(`silent ${index}: ${reason}`),
  });
  const told = story.next();
  prober.search([...urls.keys()]);
  const first = await told;
  http.close();
  expect(story.told).toHaveLength(1);
  return first;
}

describe('a search', () => {
  test('finds the one that answers among those that are away, silent, or no tracker', async () => {
    const [silent, bad, good] = [await answering('silent'), await answering('badly'), await answering('at once')];
    expect(await search([await nobody(), silent.url, bad.url, good.url])).toBe('answered 3');
    expect(await search([bad.url, await nobody(), silent.url, good.url])).toBe('answered 3');
  });

  test('is not held up by one that is silent: it is still waited for when the next one has answered', async () => {
    const [silent, good] = [await answering('silent'), await answering('at once')];
    let wasWaiting = false;
    await search([silent.url, good.url], () => (wasWaiting = silent.isWaiting()));
    expect(wasWaiting).toBe(true);
  });

  test('asks nobody else where the first one answers', async () => {
    const [good, other] = [await answering('at once'), await answering('at once')];
    expect(await search([good.url, other.url])).toBe('answered 0');
    expect(other.asked()).toBe(0);
  });

  test('says of the first why it does not answer, when none does', async () => {
    const away = await nobody();
    expect(await search([away, (await answering('badly')).url])).toContain(`silent 0: No tracker runs at ${away.href}`);
  });
});

test('a tracker that was restored from before the account, and takes nobody new, takes the device that had it', async () => {
  const original = await trackers.start();
  await original.tracker.close();
  const dataDir = await trackers.directory();
  await copyTracker(original.dataDir, dataDir);
  await writeFile(join(dataDir, 'settings.json'), JSON.stringify({ registration: 'closed' }));
  const later = await trackers.start({ dataDir: original.dataDir });
  const port = Number(new URL(later.url).port);
  let isUsable = true;
  const alice: TestClient = await makeClient([later.url], 'alice', {
    hasPin: () => alice.issued.length > 0,
    key: {
      isUsable: () => isUsable,
      certificate: () => alice.issued.at(-1)?.certificate,
      sign: (bytes) => alice.identity.sign(bytes),
      isOfCa: () => false,
    },
  });
  clients.push(alice);
  await alice.client.login(PASSWORD, true);
  await alice.state('connected');
  await later.tracker.close();
  await trackers.start({ dataDir, port });
  expect((await alice.state('signed_out')).reason).toMatch(/has lost the account.*Create the account again/);
  // As a peer keeps it from now on: a person has to come.
  isUsable = false;
  await expect(alice.client.login(PASSWORD, false)).rejects.toMatchObject({ code: 'invalid_credentials' });
  await alice.client.login(PASSWORD, true);
  await alice.state('connected');
  expect(alice.token).toBeDefined();
});

describe('trackers that a tracker names', () => {
  test('are kept in the order that all peers have, at most eight, and what is no address is left out', () => {
    let kept: readonly string[] = ['http://old/'];
    const learned = { get: () => kept, set: (urls: readonly string[]) => void (kept = urls) };
    const list = new TrackerList({ urls: ['http://own:8001', 'http://other'], learned });
    expect(list.hrefs()).toEqual(['http://old/', 'http://own:8001/', 'http://other/']);
    list.learn(undefined);
    list.learn(['http://new', 'javascript:1', 'http://u:p@x', '', 'http://own:8001', 'http://new/']);
    expect(kept).toEqual(['http://new/', 'http://own:8001/']);
    // Nothing changes its place now; the next start has the new order.
    expect(list.hrefs()).toEqual(['http://old/', 'http://own:8001/', 'http://other/', 'http://new/']);
    const again = new TrackerList({ urls: ['http://own:8001', 'http://other'], learned });
    expect(again.hrefs()).toEqual(['http://new/', 'http://own:8001/', 'http://other/']);
    for (let n = 0; n < 50; n += 1) list.learn(Array.from({ length: 20 }, (_, at) => `http://t${n}-${at}/`));
    expect(kept).toHaveLength(8);
    expect(list.all.length).toBeLessThanOrEqual(32);
  });

  test('are gone to when the own one is away, but who is of another CA there is told no secret, and not believed', async () => {
    const foreign = await (await fetch(`${(await trackers.start()).url}/ca`)).text();
    const secrets: string[] = [];
    const impostor = createServer((request, response) => {
      if (request.headers.authorization !== undefined || request.method === 'POST') secrets.push(String(request.url));
      if (request.url === '/ca') return response.end(foreign);
      return response.end('{"status":"success","peer_id":"alice","total_peers":1}');
    });
    servers.push(impostor);
    await new Promise<void>((resolve) => impostor.listen(0, '127.0.0.1', resolve));
    const url = `http://127.0.0.1:${(impostor.address() as AddressInfo).port}`;
    const own = await trackers.start({ trackers: [url] });
    let kept: readonly string[] = [];
    let pinned: string | undefined;
    const alice = await makeClient([own.url], 'alice', {
      learned: { get: () => kept, set: (urls) => void (kept = urls) },
      trustsCa: (ca) => (pinned ??= caFingerprint(ca)) === caFingerprint(ca),
      hasPin: () => pinned !== undefined,
    });
    clients.push(alice);
    await alice.client.login(PASSWORD, true);
    await alice.state('connected');
    expect(kept).toEqual([`${url}/`]);
    expect(alice.client.trackers()).toContain(`${url}/`);
    const heard = alice.events.told.length;
    await own.tracker.close();
    expect((await alice.state('mistrusted')).url).toBe(`${url}/`);
    expect(alice.events.told).toHaveLength(heard);
    expect(alice.issued).toHaveLength(1);
    expect(secrets).toEqual([]);
  });
});
