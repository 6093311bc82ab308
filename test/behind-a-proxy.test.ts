/** Trackers behind real reverse proxies that are set up with the lines of the README, and real peers that use them. */
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { request } from 'node:https';
import type { IncomingHttpHeaders } from 'node:http';
import type { ConversationId } from '../protocol/ids.js';
import { parseInvite } from '../protocol/invite.js';
import { findTracker } from '../peer/setup/find-tracker.js';
import { findProxy } from '../scripts/bootstrap/proxies.mjs';
import { InProcess, PASSWORD, has, linkedWith, post, until } from './support/in-process.js';
import { published } from './support/prekeys.js';
import { startCaddy, startNginx, type ReverseProxy } from './support/reverse-proxy.js';

const proxies = [
  ['nginx', startNginx],
  ['caddy', startCaddy],
] as const;
const clock = { now: () => Date.now() };
const direct = '@alice+bob' as ConversationId;

let world: InProcess;
let proxy: ReverseProxy | undefined;
beforeEach(async () => {
  world = await InProcess.create();
});
afterEach(async () => {
  await world.close();
  await proxy?.close();
  proxy = undefined;
});

/** Two trackers under two paths of one host. */
async function two(start: (typeof proxies)[number][1]) {
  const trusting = { trustedProxies: ['127.0.0.1'], registration: 'open' as const };
  const [chat, other] = [await world.tracker('chat', trusting), await world.tracker('other', trusting)];
  proxy = await start(world.path('proxy'), [
    { port: chat.port, path: '/chat' },
    { port: other.port, path: '/other' },
  ]);
  return { ...proxy, port: chat.port, chat: `${proxy.origin}/chat`, other: `${proxy.origin}/other` };
}

interface Page {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
}

/** As a browser on this host. */
function browse(url: string, ca: string, cookie = '', form?: Record<string, string>): Promise<Page> {
  const headers = {
    cookie,
    ...(form && { 'content-type': 'application/x-www-form-urlencoded', origin: new URL(url).origin }),
  };
  return new Promise((resolve, reject) => {
    const sent = request(url, { method: form ? 'POST' : 'GET', ca, headers, agent: false }, (answer) => {
      let text = '';
      answer.on('data', (part) => (text += String(part)));
      answer.on('end', () => resolve({ status: answer.statusCode ?? 0, headers: answer.headers, text }));
    });
    sent.on('error', reject).end(form && new URLSearchParams(form).toString());
  });
}

describe.each(proxies)('behind %s, with TLS, under a path', (name, start) => {
  const here = findProxy(name) === undefined ? test.skip : test;

  here('peers register, meet, and leave each other letters', async () => {
    const { chat, ca, port } = await two(start);
    const more = { trackerCa: ca };
    const alice = await world.signedIn('alice', [chat], more);
    // As somebody copies it from a browser.
    const bob = await world.signedIn('bob', [`${chat}/`], more);
    await Promise.all([until(alice, linkedWith(alice, 'bob')), until(bob, linkedWith(bob, 'alice'))]);
    expect(alice.services.people.tracker()).toMatchObject({ state: 'connected', url: `${chat}/` });
    // The address that the proxy saw, not its own word: nobody can say where bob is but he.
    await post(alice, direct, 'hello');
    await until(bob, () => has(bob, direct, 'hello'));

    await published('bob', `http://127.0.0.1:${port}`);
    // The tracker hears that bob has gone by the end of his events socket.
    await bob.close();
    await until(alice, () =>
      alice.services.people.list().some((one) => one.username === 'bob' && one.link !== 'linked'),
    );
    await post(alice, direct, 'while you were away');
    await until(alice, () => /sealed|mailbox/i.test(alice.services.conversations.get(direct)?.pending ?? ''));
    await alice.close();
    const back = await world.peer('bob', [chat], more);
    await until(back, () => has(back, direct, 'while you were away'));
  });

  here('an invite leads there, and to no other tracker of the same host', async () => {
    const { chat, other, ca } = await two(start);
    const alice = await world.signedIn('alice', [chat], { trackerCa: ca });
    await until(alice, () => alice.services.people.tracker().state === 'connected');
    const { link } = await alice.services.invites.make();
    expect(link.startsWith(`${chat}/join#`)).toBe(true);
    expect((await browse(link, ca)).status).toBe(200);
    const probe = { clock, timeoutMs: 10_000, trackerCa: ca };
    expect(await findTracker(link, probe)).toMatchObject({ tracker: chat, ca: parseInvite(link)?.ca, invited: true });
    const wrong = link.replace('/chat/', '/other/');
    await expect(findTracker(wrong, probe)).rejects.toMatchObject({ code: 'certificate_unknown' });
    const found = await Promise.all([chat, other].map((one) => findTracker(one, probe)));
    expect(new Set(found.map((one) => one.ca)).size).toBe(2);
  });

  here('a browser is signed in at both trackers of the host, and stays under their paths', async () => {
    const { chat, other, ca, origin } = await two(start);
    const cookies = new Map<string, Map<string, string>>();
    /** One jar for the host, in which each cookie keeps to its path. */
    const jar = (path: string) => {
      const own = [...cookies].filter(([at]) => `${path}/`.startsWith(at)).flatMap(([, list]) => [...list]);
      return own.map(([key, value]) => `${key}=${value}`).join('; ');
    };
    for (const base of [chat, other]) {
      const path = new URL(base).pathname;
      const form = { username: 'alice', password: PASSWORD };
      expect((await browse(`${base}/register`, ca, jar(path), form)).status).toBe(303);
      const login = await browse(`${base}/login`, ca, jar(path), form);
      expect(new URL(login.headers.location ?? '', `${base}/login`).href).toBe(`${base}/`);
      for (const line of login.headers['set-cookie'] ?? []) {
        expect(line).toContain('; Secure');
        const [, key = '', value = '', at = ''] = /^([^=]+)=([^;]*);.*Path=([^;]*)/.exec(line) ?? [];
        expect(at).toBe(`${path}/`);
        cookies.set(at, (cookies.get(at) ?? new Map<string, string>()).set(key, value));
      }
    }
    for (const base of [chat, other]) {
      const page = await browse(`${base}/`, ca, jar(new URL(base).pathname));
      expect(page.status).toBe(200);
      expect(page.text).toContain(`--tracker ${base}<`);
      const links = [...page.text.matchAll(/(?:href|action|src)="([^"]*)"/g)].map(
        ([, to = '']) => new URL(to, `${base}/`),
      );
      for (const to of links.filter((one) => one.origin === origin))
        expect(to.pathname).toMatch(new URL(base).pathname);
    }
  });
});
