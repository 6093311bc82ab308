import { once } from 'node:events';
import { mkdir, writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import type { EntryView } from '../../protocol/local-api.js';
import { TempDir } from '../../test/support/temp-dir.js';
import { startLocalServer } from './server.js';
import { LocalSessions } from './sessions.js';
import { conversation, TestPeer, username } from './test-services.js';
import { TestDoor } from './test-socket.js';

const alice = username('alice');

let local: TestDoor;
beforeEach(async () => {
  local = await TestDoor.start();
});
afterEach(() => local.stop());

describe('history and search', () => {
  const get = (path: string): Promise<Response> =>
    local.fetch(path, { headers: { authorization: `Bearer ${local.token}` } });

  test('pages backwards, oldest first, with the state of each entry', async () => {
    const id = local.peer.conversations.openDirect(username('bob'));
    for (let at = 0; at < 70; at += 1) {
      local.peer.nowMs += 1;
      local.peer.add(id, at % 2 ? alice : username('Bob'), [`message ${at}`]);
    }
    const query = `/api/history?conversation=${encodeURIComponent(id)}`;
    const newest = (await (await get(query)).json()) as {
      entries: { id: string; message: string; state: string }[];
      more: boolean;
    };
    expect(newest.more).toBe(true);
    expect(newest.entries).toHaveLength(50);
    expect(newest.entries.at(-1)).toMatchObject({
      type: 'chat',
      channel: 'direct',
      to: 'bob',
      from: 'alice',
      conversation: id,
      state: 'sent',
    });
    const rest = await get(`${query}&limit=30&before=${newest.entries[0]?.id ?? ''}`);
    const { entries, more } = (await rest.json()) as typeof newest;
    expect(entries.map(({ message }) => message)).toEqual(Array.from({ length: 20 }, (_, at) => `message ${at}`));
    expect(more).toBe(false);
    expect(rest.headers.get('cache-control')).toBe('no-store');
  });

  test('finds messages', async () => {
    local.peer.receive(local.peer.join('tech' as Parameters<TestPeer['join']>[0]), 'the needle');
    const response = await get('/api/search?q=needle&limit=5');
    expect(await response.json()).toMatchObject({
      entries: [{ message: 'the needle', conversation: '#tech', state: 'delivered' }],
    });
  });

  test('history goes before, after and around an entry; search tells its terms and problems', async () => {
    const id = conversation('#general');
    const ids = local.peer.add(id, username('Bob'), ['m0', 'm1', 'm2', 'm3', 'm4']).map((entry) => entry.id);
    const page = async (place: string): Promise<unknown> => {
      const response = await get(`/api/history?conversation=%23general&limit=3&${place}`);
      const { entries, ...rest } = (await response.json()) as { entries: EntryView[] };
      return { ...rest, entries: entries.map(({ message }) => message) };
    };
    expect(await page(`after=${ids[1]}`)).toMatchObject({ entries: ['m2', 'm3', 'm4'], more: true, newer: false });
    expect(await page(`around=${ids[2]}`)).toMatchObject({ entries: ['m1', 'm2', 'm3'], more: true, newer: true });
    const both = await get(`/api/history?conversation=%23general&before=${ids[1]}&after=${ids[1]}`);
    expect(both.status).toBe(400);
    const found = await get('/api/search?q=m3%20has:picture');
    expect(await found.json()).toMatchObject({
      entries: [{ message: 'm3' }],
      terms: ['m3'],
      more: false,
      problems: ['has: takes file or link.'],
    });
  });

  test.each([
    ['/api/history', 400, 'conversation'],
    ['/api/history?conversation=general', 400, 'conversation'],
    ['/api/history?conversation=%23general&conversation=%23tech', 400, 'conversation'],
    ['/api/history?conversation=%23general&limit=0', 400, 'limit'],
    ['/api/history?conversation=%23general&limit=1e3', 400, 'limit'],
    ['/api/history?conversation=%23general&before=x', 400, 'before'],
    [`/api/history?conversation=%23general&before=${'A'.repeat(43)}`, 404, 'nothing here'],
    ['/api/history?conversation=%23nowhere', 403, 'not in this conversation'],
    ['/api/history?conversation=%40bob%2Bcarol', 403, 'not in this conversation'],
    ['/api/search', 400, 'q'],
    ['/api/search?q=', 400, 'q'],
    [`/api/search?q=${'x'.repeat(300)}`, 400, 'q'],
  ])('%s → %i naming %s', async (path, status, words) => {
    const response = await get(path);
    const { message } = (await response.json()) as { message: string };
    expect([response.status, message]).toEqual([status, expect.stringContaining(words)]);
  });
});

describe('the pages', () => {
  test('without a build, / says what to run', async () => {
    const response = await local.fetch('/');
    expect(response.status).toBe(503);
    expect(await response.text()).toContain('npm run build');
  });

  test('the built UI is served with a strict policy; hashed assets are kept, the shell is not', async () => {
    const folder = new TempDir();
    const uiDir = folder.path;
    await mkdir(join(uiDir, 'assets'));
    await writeFile(join(uiDir, 'index.html'), '<!doctype html><title>Parley</title>');
    await writeFile(join(uiDir, 'assets', 'index-abc123.js'), 'export {}');
    const peer = new TestPeer();
    const sessions = new LocalSessions({ storage: { load: () => [], save: () => undefined }, clock: peer.clock });
    const server = await startLocalServer({ services: peer, sessions, host: '127.0.0.1', port: 0, uiDir });
    const base = `http://127.0.0.1:${server.port}`;
    const shell = await fetch(`${base}/`);
    expect(await shell.text()).toContain('<title>Parley</title>');
    const headers = Object.fromEntries(shell.headers);
    expect(headers).toMatchObject({
      'cache-control': 'no-cache',
      'cross-origin-opener-policy': 'same-origin',
      'cross-origin-resource-policy': 'same-origin',
      'referrer-policy': 'no-referrer',
      'x-content-type-options': 'nosniff',
      'content-security-policy':
        "default-src 'none';script-src 'self';style-src 'self';img-src 'self' blob: data:;media-src 'self' blob:;connect-src 'self';font-src 'self';" +
        "manifest-src 'self';worker-src 'self';base-uri 'none';form-action 'self';frame-ancestors 'none'",
    });
    expect(headers).not.toHaveProperty('strict-transport-security');
    const asset = await fetch(`${base}/assets/index-abc123.js`);
    expect(asset.headers.get('cache-control')).toBe('public, max-age=31536000, immutable');
    expect((await fetch(`${base}/assets/gone.js`)).status).toBe(404);
    await server.close();
    await folder.remove();
  });

  test('a port in use is told as it is', async () => {
    const { peer, server } = local;
    const sessions = new LocalSessions({ storage: { load: () => [], save: () => undefined }, clock: peer.clock });
    const second = startLocalServer({
      services: peer,
      sessions,
      host: '127.0.0.1',
      port: server.port,
      uiDir: '/nonexistent',
    });
    await expect(second).rejects.toMatchObject({ code: 'EADDRINUSE' });
  });

  test('closing says goodbye to open windows and waits for none that hang', async () => {
    const window = await local.window();
    const hanging = await local.window();
    hanging.socket.pause();
    const silent = connect(local.server.port, '127.0.0.1');
    await once(silent, 'connect');
    await local.server.close();
    expect((await window.closed).code).toBe(1001);
    await expect(local.fetch('/healthz')).rejects.toThrow();
    silent.destroy();
  });
});
