/** The page talks to its own daemon alone, whatever it shows; and its content policy has no hole. */
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { Browser, Page } from 'playwright-core';
import { PATIENCE_MS } from '../support/browser.js';
import { type Lively, livelyBrowser } from '../support/lively.js';
import { STOPS, visit } from '../support/tour.mjs';

const lasting = 8 * PATIENCE_MS;

/** Chromium asks Google about every form that it meets, whatever the page says; no page can ask there under our policy. */
const BROWSERS_OWN = 'content-autofill.googleapis.com:443';

/** Stands where the internet would be, for whatever does not go to this machine; writes down who asks for what. */
class Outside {
  readonly asked: string[] = [];
  readonly #server: Server;

  private constructor() {
    this.#server = createServer((request, response) => {
      this.asked.push(`${request.method ?? ''} ${request.url ?? ''}`);
      response.writeHead(502).end();
    });
    this.#server.on('connect', ({ url = '' }, socket) => {
      if (url !== BROWSERS_OWN) this.asked.push(`CONNECT ${url}`);
      socket.end('HTTP/1.1 502 Bad Gateway\r\n\r\n');
    });
  }

  static async open(): Promise<Outside> {
    const outside = new Outside();
    await new Promise<void>((resolve) => outside.#server.listen(0, '127.0.0.1', resolve));
    return outside;
  }

  get address(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  async close(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }
}

describe('the page', () => {
  let outside: Outside;
  let browser: Browser;
  let lively: Lively;

  beforeAll(async () => {
    outside = await Outside.open();
  }, lasting);
  livelyBrowser('isolation', (...started) => ([lively, browser] = started));
  afterAll(async () => {
    await (outside as Outside | undefined)?.close();
  }, lasting);

  /** What a page asked for, as it says; what its policy stopped; and what its console complains of. */
  function watch(page: Page): { readonly requests: string[]; readonly complaints: string[] } {
    const requests: string[] = [];
    const complaints: string[] = [];
    page.on('request', (request) => requests.push(request.url()));
    page.on('websocket', (socket) => requests.push(socket.url()));
    page.on('worker', (worker) => requests.push(worker.url()));
    page.on('pageerror', (error) => complaints.push(String(error)));
    page.on('console', (message) => {
      if (/content.security.policy|refused to/i.test(message.text())) complaints.push(message.text());
    });
    return { requests, complaints };
  }

  test(
    'asks nobody but its own daemon for anything, in every view',
    async () => {
      // Everything that is not of this machine goes to `outside`, also what a worker or the browser itself would ask for.
      const proxy = { server: outside.address, bypass: 'localhost' };
      const page = await lively.sitDown(browser, { locale: 'en-GB', viewport: { width: 1280, height: 800 }, proxy });
      const { requests, complaints } = watch(page);
      await page.reload();
      for (const stop of STOPS.filter(({ only }) => only !== 'phone')) await visit(page, stop, false);
      const own = new URL(lively.ui).host;
      const elsewhere = requests.filter((url) => !/^(?:data|blob):/.test(url) && new URL(url).host !== own);
      expect(requests.length).toBeGreaterThan(10);
      expect(elsewhere).toEqual([]);
      expect(outside.asked).toEqual([]);
      expect(complaints).toEqual([]);
      await page.context().close();
    },
    lasting,
  );

  test(
    'would be caught, if it did',
    async () => {
      const page = await lively.sitDown(browser, {
        proxy: { server: outside.address, bypass: 'localhost' },
      });
      const { complaints } = watch(page);
      // The policy stops a request of the page itself.
      const refused = await page.evaluate(async () => {
        const answer = await fetch('http://elsewhere.example/').catch(() => 'refused');
        const picture = new Image();
        const failed = new Promise((resolve) => (picture.onerror = () => resolve('refused')));
        picture.src = 'http://elsewhere.example/picture.png';
        return [answer, await failed];
      });
      expect(refused).toEqual(['refused', 'refused']);
      expect(complaints.length).toBeGreaterThanOrEqual(2);
      expect(outside.asked).toEqual([]);
      // And what no policy holds ends up outside, where it is seen.
      const other = await page.context().newPage();
      await other.goto('http://elsewhere.example/').catch(() => undefined);
      expect(outside.asked).toEqual([expect.stringContaining('elsewhere.example')]);
      await page.context().close();
    },
    lasting,
  );

  test('allows no script but its own files, and nothing from elsewhere', async () => {
    const response = await fetch(lively.ui);
    const policy = response.headers.get('content-security-policy') ?? '';
    const directives = new Map(
      policy.split(';').map((part) => {
        const [name = '', ...values] = part.trim().split(/\s+/);
        return [name, values.join(' ')];
      }),
    );
    expect(directives.get('default-src')).toBe("'none'");
    for (const name of ['script-src', 'style-src', 'connect-src', 'font-src', 'manifest-src', 'worker-src'])
      expect([name, directives.get(name)]).toEqual([name, "'self'"]);
    expect(directives.get('base-uri')).toBe("'none'");
    expect(directives.get('frame-ancestors')).toBe("'none'");
    expect(policy).not.toMatch(/unsafe-|https?:|\*/);
  });

  test(
    'opens links so that what is behind them learns nothing of it',
    async () => {
      const page = await lively.sitDown(browser, { locale: 'en-GB' });
      await page.goto(`${lively.ui}#/c/general`);
      const link = page.getByRole('link', { name: 'https://seminar.example.org/november' }).first();
      await link.waitFor();
      expect(await link.getAttribute('rel')).toBe('noopener noreferrer');
      expect(await link.getAttribute('target')).toBe('_blank');
      const all = await page.evaluate(() =>
        [...document.querySelectorAll('a[href]')]
          .filter((a) => new URL((a as HTMLAnchorElement).href).host !== location.host)
          .filter((a) => a.getAttribute('rel') !== 'noopener noreferrer' || a.getAttribute('target') !== '_blank')
          .map((a) => a.outerHTML),
      );
      expect(all).toEqual([]);
      await page.context().close();
    },
    lasting,
  );
});
