/**
 * Who may call what: all routes as the program itself has registered them, so that a new one without a guard fails here. Each is
 * called without a session, with one that has ended, as somebody who is no admin, and from a page of another site.
 */
import 'reflect-metadata'; // Needed by @peculiar/x509, before it.
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { randomBytes } from 'node:crypto';
import { TempDir } from '../test/support/temp-dir.js';
import { buildApp } from './app.js';
import { loadAuthority } from './authority-files.js';
import { systemClock } from './clock.js';
import { openDataDir } from './data-dir.js';
import type { App } from './plugins/http-types.js';
import { tryOnce } from './retry.js';
import { listen } from './server.js';
import { createServices } from './services.js';
import { openSqliteStore } from './store/sqlite/sqlite-store.js';
import { PASSWORD, silent } from './testing/test-tracker.js';

/** Open to everybody: a route that is not here needs a session. */
const PUBLIC: readonly string[] = [
  // Pages for visitors, and what they are made of.
  ...['/', '/join', '/login.html', '/register.html', '/reset.html', '/docs', '/docs/json'].map((path) => `GET ${path}`),
  ...['/join.js', '/register.js', '/reset.js', '/style.css', '/icon.svg'].map((path) => `GET ${path}`),
  // Ways in, each with a proof of its own.
  ...['/login', '/register', '/reset', '/session', '/session/challenge', '/guests'].map((path) => `POST ${path}`),
  // What is no secret. `/events` is a WebSocket, whose upgrade needs a session.
  ...['/ca', '/guests', '/healthz', '/metrics', '/trackers', '/events'].map((path) => `GET ${path}`),
];

interface Route {
  readonly method: string;
  /** With the names of its parts, as `/users/:username`. */
  readonly pattern: string;
}

const folder = new TempDir();
let app: App;
let stop: () => Promise<void>;
let url: string;
let routes: readonly Route[];
let tokens: Readonly<Record<'admin' | 'other' | 'ended', string>>;

beforeAll(async () => {
  const dataDir = await openDataDir(await folder.sub('tracker'));
  const files = { key: dataDir.file('ca-key.pem'), certificate: dataDir.file('ca.pem') };
  const authority = await loadAuthority(files, { clock: systemClock, randomBytes });
  const store = openSqliteStore(dataDir.file('tracker.db'), systemClock);
  const config = { host: '127.0.0.1', port: 0, dataDir: folder.path };
  const parts = { config, dataDir, log: silent, store, authority, members: [], retry: tryOnce, tls: undefined };
  const made = await createServices(parts);
  app = await buildApp(made.services);
  url = `http://127.0.0.1:${await listen(app, config)}`;
  stop = async () => {
    await app.close();
    await made.stop();
    await store.close();
    dataDir.release();
  };
  routes = routesOf(app.printRoutes({ commonPrefix: false }));
  // The first account is an admin where only this machine gets in.
  const [admin, other] = [await signUp('ada'), await signUp('bob')];
  const { token: ended } = await post('/login', { username: 'bob', password: PASSWORD });
  await post('/logout', {}, String(ended));
  tokens = { admin, other, ended: String(ended) };
});
afterAll(async () => {
  await stop();
  await folder.remove();
});

/** The tree that Fastify prints: each line has the rest of a path, below what it begins with, and its methods. */
function routesOf(tree: string): Route[] {
  const above: string[] = [];
  return tree.split('\n').flatMap((line) => {
    const [, indent = '', part = '', methods = ''] = /^((?:│ {3}| {4})*)[├└]── (\S+)(?: \((.+)\))?$/.exec(line) ?? [];
    if (part === '') return [];
    const depth = indent.length / 4;
    const pattern = (above[depth - 1] ?? '') + part;
    above.splice(depth, above.length, pattern);
    return methods.split(', ').flatMap((method) => (method === '' || method === 'HEAD' ? [] : { method, pattern }));
  });
}

async function post(path: string, body: object, token?: string): Promise<Record<string, unknown>> {
  const headers = { 'content-type': 'application/json', ...(token && { authorization: `Bearer ${token}` }) };
  const answer = await fetch(url + path, { method: 'POST', headers, body: JSON.stringify(body) });
  return (await answer.json()) as Record<string, unknown>;
}

async function signUp(username: string): Promise<string> {
  await post('/register', { username, password: PASSWORD });
  return String((await post('/login', { username, password: PASSWORD }))['token']);
}

const PARTS: Readonly<Record<string, string>> = {
  ...{ username: 'bob', name: 'general', device: 'D'.repeat(22), id: 'x'.repeat(43), channel: 'general' },
};

/** What a route answers: the status, and the code of a failure or the place that it leads to. */
async function call({ method, pattern }: Route, headers: Record<string, string>): Promise<[number, string]> {
  const path = pattern.replace(/:(\w+)/g, (_, part: string) => PARTS[part] ?? 'x');
  const query = method === 'GET' ? '?name=general&id=x' : '';
  const type: Record<string, string> = method === 'GET' ? {} : { 'content-type': 'application/json' };
  const answer = await fetch(url + path + query, {
    ...{ method, redirect: 'manual', headers: { ...type, ...headers } },
    ...(method !== 'GET' && { body: '{}' }),
  });
  const text = await answer.text();
  const isJson = answer.headers.get('content-type')?.startsWith('application/json') === true;
  const code = isJson ? (JSON.parse(text) as { code?: string }).code : answer.headers.get('location');
  return [answer.status, code ?? ''];
}

const nameOf = ({ method, pattern }: Route): string => `${method} ${pattern}`;
const as = (who: keyof typeof tokens) => ({ authorization: `Bearer ${tokens[who]}` });
/** A page leads to the sign-in; all else is refused. */
const isPage = ({ pattern }: Route): boolean => pattern.endsWith('.html');
const signedOut = (route: Route): [number, string] => (isPage(route) ? [303, 'login.html'] : [401, 'not_signed_in']);
const isAdmins = ({ pattern }: Route): boolean => /^\/admin\b/.test(pattern);

test('those that need no session are these, and no others', async () => {
  const open = [];
  for (const route of routes) {
    const [status, code] = await call(route, {});
    if (status !== signedOut(route)[0] || code !== signedOut(route)[1]) open.push(nameOf(route));
  }
  expect(open.toSorted()).toEqual([...PUBLIC].toSorted());
});

test('all others refuse a session that has ended', async () => {
  const guarded = routes.filter((route) => !PUBLIC.includes(nameOf(route)));
  expect(guarded.length).toBeGreaterThan(40);
  for (const route of guarded)
    expect([nameOf(route), await call(route, as('ended'))]).toEqual([nameOf(route), signedOut(route)]);
});

test('those of admins refuse who is none, by API and as pages, and let an admin in', async () => {
  const admins = routes.filter(isAdmins);
  expect(admins.filter(isPage).length).toBeGreaterThanOrEqual(8);
  expect(admins.length).toBeGreaterThanOrEqual(28);
  for (const route of admins) {
    const [status, code] = await call(route, as('other'));
    expect([nameOf(route), status, isPage(route) ? '' : code]).toEqual([
      nameOf(route),
      403,
      isPage(route) ? '' : 'not_admin',
    ]);
  }
  // What they would have done to the account of bob was not done.
  expect((await call({ method: 'GET', pattern: '/me' }, as('other')))[0]).toBe(200);
  for (const route of admins.filter(({ method }) => method === 'GET')) {
    const [status] = await call(route, as('admin'));
    expect([nameOf(route), [401, 403].includes(status)]).toEqual([nameOf(route), false]);
  }
});

test('each that changes something refuses a page of another site, whoever is signed in there', async () => {
  const changing = routes.filter(({ method }) => method !== 'GET');
  expect(changing.length).toBeGreaterThan(25);
  for (const route of changing)
    for (const origin of ['http://evil.example', 'null', `${url}.evil.example`])
      expect([nameOf(route), await call(route, { ...as('admin'), origin })]).toEqual([
        nameOf(route),
        [403, 'foreign_origin'],
      ]);
  expect((await call({ method: 'GET', pattern: '/me' }, as('admin')))[0]).toBe(200);
});
