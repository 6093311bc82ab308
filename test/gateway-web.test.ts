/** The pages and WebSockets of a gateway, by hand: who may see what, and what is said to those who come to the wrong port. */
import 'reflect-metadata'; // Needed by @peculiar/x509, before it.
import { request as httpsRequest } from 'node:https';
import { credentials, status as grpcStatus } from '@grpc/grpc-js';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { WebSocket } from 'ws';
import { startGateway, type RunningGateway } from '../peer/gateway/gateway.js';
import { makeCertificate, type TlsFiles } from '../peer/gateway/self-made.js';
import { GrpcClient } from './support/grpc-client.js';
import { InProcess, PASSWORD } from './support/in-process.js';

const quiet = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} };

let world: InProcess;
let gateway: RunningGateway;
let certificate: TlsFiles;

async function start(web: boolean): Promise<RunningGateway> {
  const tracker = await world.tracker(web ? 'tracker' : 'other');
  return open(web, tracker.url);
}

function open(web: boolean, tracker: string): Promise<RunningGateway> {
  return startGateway(
    {
      ...{ name: 'Test', dataDir: world.path(`gateway ${String(web)}`), trackers: [tracker], trackerCa: undefined },
      ...{
        host: '127.0.0.1',
        ports: { p2p: 0, web: 0, ws: 0, lines: 0, irc: 0, grpc: 0 },
        plain: { web, lines: true },
        allowedHosts: [],
      },
      ...{
        tls: certificate,
        uiDir: world.path('ui'),
        idleMs: 60_000,
      },
      look: { stylesheet: 'body {}', icon: '<svg/>' },
    },
    quiet,
  );
}

beforeAll(async () => {
  world = await InProcess.create();
  certificate = await makeCertificate(['127.0.0.1', 'localhost'], Date.now());
  gateway = await start(true);
});
afterAll(async () => {
  await gateway.close();
  await world.close();
});

test('a second gateway on the same data is refused before it opens anything', async () => {
  await expect(open(true, 'http://127.0.0.1:9')).rejects.toThrow(
    /^Another gateway is running on .*gateway true\. .*--data-dir/,
  );
  expect((await fetch(at('/'), { redirect: 'manual' })).status).toBe(303);
});

const at = (path: string): URL => new URL(path, gateway.addresses.web);

function form(path: string, fields: Record<string, string>, headers: Record<string, string> = {}): Promise<Response> {
  return fetch(at(path), {
    ...{ method: 'POST', redirect: 'manual', body: new URLSearchParams(fields) },
    headers: { origin: at('/').origin, ...headers },
  });
}

const cookieOf = (answer: Response): string => answer.headers.get('set-cookie')?.split(';')[0] ?? '';

test('without a session there are only the pages to sign in, in the language of the browser, with whom one trusts', async () => {
  expect((await fetch(at('/'), { redirect: 'manual' })).headers.get('location')).toBe('sign-in');
  for (const [language, said] of [
    ['en-GB', 'whoever runs it can read them'],
    ['vi,en;q=0.5', 'người vận hành có thể đọc'],
    ['xx,fa;q=0.9', 'dir="rtl"'],
    ['', 'whoever runs it can read them'],
  ] as const) {
    const page = await fetch(at('/sign-in'), { headers: { 'accept-language': language } });
    expect(await page.text()).toContain(said);
    expect(page.headers.get('content-security-policy')).toContain("default-src 'none'");
  }
  expect(await (await fetch(at('/api/session'))).json()).toMatchObject({ signedIn: false, gateway: true });
  expect((await fetch(at('/api/history?conversation=%23general'))).status).toBe(404);
});

test('each user sees their own peer, by their own session', async () => {
  const cookies: string[] = [];
  for (const username of ['ali', 'sara']) {
    const answer = await form('/register', { username, password: PASSWORD });
    expect([answer.status, answer.headers.get('location')]).toEqual([303, './']);
    expect(answer.headers.get('set-cookie')).toMatch(/HttpOnly.*SameSite=Strict/);
    cookies.push(cookieOf(answer));
  }
  for (const [n, username] of ['ali', 'sara'].entries()) {
    const cookie = cookies[n] ?? '';
    const session: unknown = await (await fetch(at('/api/session'), { headers: { cookie } })).json();
    expect(session).toMatchObject({ username, signedIn: true });
  }
  const wrong = await form('/sign-in', { username: 'ali', password: 'not that one' });
  expect([wrong.status, cookieOf(wrong)]).toEqual([401, '']);
  expect(await wrong.text()).toContain('do not match');
  const cookie = cookies[0] ?? '';
  const out = await fetch(at('/api/logout'), {
    ...{ method: 'POST', body: '{}', headers: { cookie, 'content-type': 'application/json' } },
  });
  expect(out.status).toBe(200);
  expect(await (await fetch(at('/api/session'), { headers: { cookie } })).json()).toMatchObject({ signedIn: false });
  expect((await fetch(at('/api/history?conversation=%23general'), { headers: { cookie } })).status).toBe(401);
});

test('by gRPC each token is that of one user, as long as it counts, and no other one is any', async () => {
  const headers = { 'content-type': 'application/json' };
  const tokens: string[] = [];
  for (const username of ['gina', 'hugo']) {
    const body = JSON.stringify({ username, password: PASSWORD, register: true });
    const answer = await fetch(at('/api/login'), { method: 'POST', headers, body });
    tokens.push(((await answer.json()) as { token: string }).token);
  }
  const trusted = credentials.createSsl(Buffer.from(certificate.cert));
  const { port } = gateway.addresses.grpc ?? { port: 0 };
  const [gina, hugo] = tokens.map((token) => new GrpcClient(port, token, trusted));
  const stranger = new GrpcClient(port, 'A'.repeat(43), trusted);
  const news = hugo?.stream('Subscribe');
  await news?.next();
  const posted = await gina?.call('Post', { conversation: '@gina+hugo', message: 'from gina' });
  expect(posted).toMatchObject({ entry: { from: 'gina' } });
  expect(await news?.next()).toMatchObject({ entry: { from: 'gina', message: 'from gina' } });
  await expect(stranger.call('ListUsers')).rejects.toMatchObject({ code: grpcStatus.UNAUTHENTICATED });
  const authorization = `Bearer ${tokens[0] ?? ''}`;
  await fetch(at('/api/logout'), { method: 'POST', body: '{}', headers: { ...headers, authorization } });
  await expect(gina?.call('ListUsers')).rejects.toMatchObject({ code: grpcStatus.UNAUTHENTICATED });
  expect(await hugo?.call('ListUsers')).toHaveProperty('users');
  news?.call.cancel();
  for (const each of [gina, hugo, stranger]) each?.close();
});

test('foreign pages reach nothing: neither forms, nor sockets, nor by another name', async () => {
  const fields = { username: 'eve', password: PASSWORD };
  expect((await form('/register', fields, { origin: 'http://evil.example' })).status).toBe(403);
  expect((await form('/register', fields, { origin: 'null' })).status).toBe(403);
  const socket = new WebSocket(gateway.addresses.ws, { headers: { origin: 'http://evil.example' } });
  const status = await new Promise((resolve) =>
    socket.once('unexpected-response', (_request, response) => resolve(response.statusCode)),
  );
  expect(status).toBe(403);
});

class Frames {
  private readonly frames: Record<string, unknown>[] = [];
  private look: () => void = () => undefined;

  constructor(readonly socket: WebSocket) {
    socket.on('message', (data: Buffer) => {
      this.frames.push(JSON.parse(data.toString()) as Record<string, unknown>);
      this.look();
    });
  }

  async type(type: string): Promise<Record<string, unknown>> {
    for (;;) {
      const at = this.frames.findIndex((frame) => frame['type'] === type);
      if (at >= 0) return this.frames.splice(0, at + 1).at(-1) ?? {};
      await new Promise<void>((resolve) => (this.look = resolve));
    }
  }
}

async function socket(headers: Record<string, string> = {}): Promise<Frames> {
  const frames = new Frames(new WebSocket(gateway.addresses.ws, { headers }));
  await new Promise((resolve) => frames.socket.once('open', resolve));
  return frames;
}

test('the WebSocket port takes JSON and text commands once one has signed in, by frame or by token', async () => {
  const text = await socket();
  text.socket.send('list');
  expect(await text.type('error')).toMatchObject({ code: 'not_signed_in' });
  text.socket.send('login carol wrongly guessed');
  expect(await text.type('login_result')).toMatchObject({ ok: false, code: 'invalid_credentials' });
  text.socket.send(`register carol ${PASSWORD}`);
  expect(await text.type('login_result')).toEqual({ type: 'login_result', ok: true, username: 'carol' });
  const json = await socket();
  json.socket.send(JSON.stringify({ id: 1, command: 'session.login', username: 'carol', password: PASSWORD }));
  expect(await json.type('result')).toMatchObject({ id: 1, ok: true, username: 'carol' });
  expect(await json.type('snapshot')).toMatchObject({ me: { username: 'carol' } });
  const body = JSON.stringify({ username: 'carol', password: PASSWORD });
  const login = await fetch(at('/api/login'), {
    ...{ method: 'POST', body, headers: { 'content-type': 'application/json' } },
  });
  const { token } = (await login.json()) as { token: string };
  const program = await socket({ authorization: `Bearer ${token}` });
  expect(await program.type('snapshot')).toMatchObject({ me: { username: 'carol' } });
  text.socket.send('sendchannel general hello');
  for (const each of [json, program])
    expect(await each.type('entries')).toMatchObject({ entries: [{ message: 'hello' }] });
  expect(await text.type('broadcast')).toMatchObject({ message: 'hello' });
  for (const { socket } of [text, json, program]) socket.terminate();
});

test('a hook of a user is posted to without a session, and tells nothing to the network of the gateway', async () => {
  const user = await socket();
  user.socket.send(
    JSON.stringify({ id: 1, command: 'session.login', username: 'hugo', password: PASSWORD, register: true }),
  );
  expect(await user.type('result')).toMatchObject({ id: 1, ok: true });
  await user.type('snapshot');
  const incoming = { direction: 'in', name: 'CI', conversation: '#general' };
  user.socket.send(JSON.stringify({ id: 2, command: 'hook.create', ...incoming }));
  const { path } = await user.type('result');
  const json = { 'content-type': 'application/json' };
  const posted = await fetch(at(String(path)), { method: 'POST', body: '{"text":"by a hook"}', headers: json });
  expect([posted.status, await posted.text()]).toEqual([200, 'ok']);
  expect(await user.type('entries')).toMatchObject({ entries: [{ from: 'hugo', message: 'by a hook' }] });
  const unknown = await fetch(at(`/hooks/${'x'.repeat(32)}`), { method: 'POST', body: '{"text":"no"}', headers: json });
  expect(unknown.status).toBe(404);
  const outgoing = { direction: 'out', name: 'spy', url: 'http://127.0.0.1:22/', local: true };
  user.socket.send(JSON.stringify({ id: 3, command: 'hook.create', ...outgoing }));
  expect(await user.type('result')).toMatchObject({ ok: false, code: 'forbidden' });
  user.socket.terminate();
});

test('a browser at the WebSocket port, and HTTPS at the port of pages, are understood', async () => {
  const answer = await fetch(gateway.addresses.ws.replace('ws:', 'http:'));
  expect([answer.status, await answer.text()]).toEqual([426, expect.stringContaining(gateway.addresses.web)]);
  const secure = await new Promise<number | undefined>((resolve, reject) => {
    const options = { rejectUnauthorized: false };
    httpsRequest(at('/healthz').href.replace('http:', 'https:'), options, ({ statusCode }) => resolve(statusCode))
      .on('error', reject)
      .end();
  });
  expect(secure).toBe(200);
});

test('where TLS is demanded, plain HTTP is sent there, and the cookie is for TLS alone', async () => {
  const strict = await start(false);
  try {
    const plain = strict.addresses.web.replace('https:', 'http:');
    const sent = await fetch(new URL('/sign-in', plain), { redirect: 'manual' });
    expect([sent.status, sent.headers.get('location')]).toEqual([308, new URL('/sign-in', strict.addresses.web).href]);
    const fields = new URLSearchParams({ username: 'ali', password: PASSWORD }).toString();
    const cookie = await new Promise((resolve, reject) => {
      const { origin } = new URL(strict.addresses.web);
      httpsRequest(
        new URL('/register', strict.addresses.web),
        {
          ...{ method: 'POST', rejectUnauthorized: false },
          headers: { origin, 'content-type': 'application/x-www-form-urlencoded' },
        },
        ({ headers }) => resolve(headers['set-cookie']?.[0]),
      )
        .on('error', reject)
        .end(fields);
    });
    expect(cookie).toMatch(/Secure/);
  } finally {
    await strict.close();
  }
});
