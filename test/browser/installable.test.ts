/** The page as an installed program: what it tells the system, and what it does while its daemon is down or newer. */
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { Browser, Page } from 'playwright-core';
import type { Username } from '../../protocol/ids.js';
import { startPeer, type RunningPeer } from '../../peer/main.js';
import { openBrowser, PATIENCE_MS } from '../support/browser.js';
import { BuiltUi } from '../support/built-ui.js';
import { InProcess, PASSWORD } from '../support/in-process.js';

const quiet = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} };
const lasting = 4 * PATIENCE_MS;

describe('the page as a program', () => {
  let things: InProcess;
  let browser: Browser;
  let trackerUrl: string;
  let ui: BuiltUi;
  let peer: RunningPeer;
  let page: Page;

  const start = async (before?: RunningPeer): Promise<RunningPeer> =>
    startPeer(
      {
        ...{ username: 'maria' as Username, trackers: [trackerUrl], host: '127.0.0.1', lan: false },
        ...{ peerPort: before?.ready.p2p.port ?? 0, uiHost: '127.0.0.1', uiDir: ui.folder },
        uiPort: before ? Number(new URL(before.ready.ui).port) : 0,
        ...{ dataDir: things.path('maria'), password: PASSWORD, register: before === undefined },
        ...{ allowedHosts: [], trackerCa: undefined, keylog: undefined },
      },
      quiet,
    );

  beforeAll(async () => {
    things = await InProcess.create();
    browser = await openBrowser();
    const tracker = await things.tracker();
    trackerUrl = tracker.url;
    ui = await BuiltUi.copyTo(join(things.path('ui')));
    peer = await start();
    const context = await browser.newContext({ viewport: { width: 1280, height: 800 }, locale: 'en-GB' });
    context.setDefaultTimeout(PATIENCE_MS);
    page = await context.newPage();
    await page.goto(peer.ready.login);
    await page.getByRole('navigation', { name: 'Conversations' }).waitFor();
  }, lasting);

  afterAll(async () => {
    await (browser as Browser | undefined)?.close();
    await (peer as RunningPeer | undefined)?.close();
    await (things as InProcess | undefined)?.close();
  }, lasting);

  const cached = async (): Promise<string[]> =>
    page.evaluate(async () => {
      const found: string[] = [];
      for (const name of await caches.keys())
        for (const { url } of await (await caches.open(name)).keys()) found.push(new URL(url).pathname);
      return found.sort();
    });
  const ready = async (): Promise<void> => {
    await page.evaluate(async () => {
      await navigator.serviceWorker.ready;
      if (navigator.serviceWorker.controller) return;
      await new Promise((resolve) => navigator.serviceWorker.addEventListener('controllerchange', resolve));
    });
  };
  /**
   * Resolves once the newest worker is at work, and has put away what is not needed any more. The page has to have told it
   * to go on; the one before leaves when it is idle, which Chromium is told that it is, since it takes half a minute to
   * see it by itself.
   */
  const settled = async (): Promise<void> => {
    await page.evaluate(async () => {
      const registration = await navigator.serviceWorker.ready;
      await registration.update();
      while (registration.installing) {
        const { installing } = registration;
        await new Promise((resolve) => installing.addEventListener('statechange', resolve, { once: true }));
      }
      // Messages come in order: when this one is answered, what the page itself said has been heard.
      await new Promise((resolve) => {
        const { port1, port2 } = new MessageChannel();
        port1.onmessage = resolve;
        if (registration.waiting) registration.waiting.postMessage('no script of any page', [port2]);
        else resolve(undefined);
      });
    });
    const devtools = await page.context().newCDPSession(page);
    await devtools.send('ServiceWorker.enable');
    await devtools.send('ServiceWorker.stopAllWorkers');
    await page.evaluate(async () => {
      const registration = await navigator.serviceWorker.ready;
      for (;;) {
        const { waiting, active } = registration;
        const busy = waiting ?? (active?.state === 'activated' ? null : active);
        if (!busy) return;
        await new Promise((resolve) => busy.addEventListener('statechange', resolve, { once: true }));
      }
    });
  };
  const script = async (): Promise<string> =>
    page.evaluate(() => document.querySelector<HTMLScriptElement>('script[type="module"]')?.src ?? '');

  test(
    'can be installed: Chromium has nothing against it',
    async () => {
      await ready();
      const devtools = await page.context().newCDPSession(page);
      const { errors, url, data } = await devtools.send('Page.getAppManifest');
      expect([errors, new URL(url).pathname]).toEqual([[], '/manifest.webmanifest']);
      expect(JSON.parse(data ?? '')).toMatchObject({ name: 'Parley', start_url: './', display: 'standalone' });
      const { installabilityErrors } = await devtools.send('Page.getInstallabilityErrors');
      // A window of its own is private, and a private window installs nothing: that alone is not ours to mend.
      const ours = installabilityErrors.map(({ errorId }) => errorId).filter((id) => id !== 'in-incognito');
      expect(ours).toEqual([]);
    },
    lasting,
  );

  test(
    'has icons of the sizes that it says',
    async () => {
      const icons = await page.evaluate(async () => {
        const manifest = (await (await fetch('./manifest.webmanifest')).json()) as {
          icons: { src: string; sizes: string; type: string }[];
        };
        return Promise.all(
          manifest.icons.map(async ({ src, sizes, type }) => {
            const response = await fetch(src);
            const served = response.headers.get('content-type');
            if (sizes === 'any') return { src, sizes, type, is: sizes, served };
            const { width, height } = await createImageBitmap(await response.blob());
            return { src, sizes, type, is: `${width}x${height}`, served };
          }),
        );
      });
      expect(icons.length).toBeGreaterThanOrEqual(4);
      for (const { sizes, is, type, served } of icons) expect([is, served]).toEqual([sizes, type]);
    },
    lasting,
  );

  test(
    'is served so that a new version is seen at once, and nothing else is asked for twice',
    async () => {
      const headers = await page.evaluate(
        async (src) => {
          const of = async (path: string): Promise<(string | null)[]> => {
            const { headers: got } = await fetch(path, { method: 'HEAD', cache: 'no-store' });
            return [got.get('content-type'), got.get('cache-control')];
          };
          return { worker: await of('./sw.js'), manifest: await of('./manifest.webmanifest'), script: await of(src) };
        },
        await script(),
      );
      expect(headers.worker).toEqual([expect.stringMatching(/javascript/), 'no-cache']);
      expect(headers.manifest).toEqual([expect.stringMatching(/manifest\+json/), 'no-cache']);
      expect(headers.script[1]).toMatch(/immutable/);
    },
    lasting,
  );

  test(
    'keeps its own files and nothing of the conversations',
    async () => {
      const composer = page.getByRole('textbox', { name: 'Message to #general' });
      await composer.fill('For nobody to keep');
      await composer.press('Enter');
      await page.getByRole('region', { name: 'Messages in #general' }).getByText('For nobody to keep').waitFor();
      await page.reload();
      await page.getByRole('region', { name: 'Messages in #general' }).getByText('For nobody to keep').waitFor();
      const paths = await cached();
      expect(paths).toEqual(expect.arrayContaining(['/', '/manifest.webmanifest', '/favicon.svg']));
      expect(paths).toEqual(expect.arrayContaining((await ui.assets('')).map((name) => `/assets/${name}`)));
      expect(paths.filter((path) => !/^\/(?:assets\/[\w.-]+|[\w.-]*)$/.test(path))).toEqual([]);
      expect(paths.filter((path) => /^\/(?:api|ws|enter|sw\.js)/.test(path))).toEqual([]);
    },
    lasting,
  );

  test(
    'opens while the daemon is down, says so, and goes on by itself when it is back',
    async () => {
      await peer.close();
      await page.reload();
      await page.getByText('Parley has stopped on this computer.').waitFor();
      // What was not drawn yet comes from the kept files too.
      await page.evaluate(() => localStorage.setItem('parley.language', 'vi'));
      await page.reload();
      await page.getByText('Parley trên máy này đã dừng.').waitFor();
      await page.evaluate(() => localStorage.removeItem('parley.language'));
      await page.reload();
      await page.getByText('Parley has stopped on this computer.').waitFor();
      peer = await start(peer);
      await page.getByRole('region', { name: 'Messages in #general' }).getByText('For nobody to keep').waitFor();
    },
    lasting,
  );

  test(
    'tells of a newer version, goes on with its own parts until then, and mixes nothing',
    async () => {
      const [oldScript, oldVietnamese] = [await script(), (await ui.assets('vi-'))[0] ?? ''];
      await peer.close();
      await ui.rebuild('Second');
      peer = await start(peer);
      await page.getByText('A newer version of this page is ready.').waitFor();
      expect(await script()).toBe(oldScript);
      // The daemon has the old parts no more; the window still finds its own.
      const direct = await fetch(new URL(`assets/${oldVietnamese}`, peer.ready.ui));
      expect(direct.status).toBe(404);
      const kept = await page.evaluate(async (path) => (await fetch(path)).status, `./assets/${oldVietnamese}`);
      expect(kept).toBe(200);
      await page.getByRole('button', { name: 'Reload now' }).click();
      await page.waitForFunction(
        (before) => document.querySelector<HTMLScriptElement>('script[type="module"]')?.src !== before,
        oldScript,
      );
      expect(await script()).toMatch(/-Second\.js$/);
      await page.getByRole('region', { name: 'Messages in #general' }).getByText('For nobody to keep').waitFor();
      // The new worker has taken over without another question.
      await settled();
      expect(await page.getByText('A newer version of this page is ready.').count()).toBe(0);
      await peer.close();
      await page.reload();
      await page.getByText('Parley has stopped on this computer.').waitFor();
      expect(await script()).toMatch(/-Second\.js$/);
    },
    lasting,
  );

  test(
    'forgets the builds before the last',
    async () => {
      await ui.rebuild('Third');
      peer = await start(peer);
      await page.reload();
      await page.getByRole('region', { name: 'Messages in #general' }).getByText('For nobody to keep').waitFor();
      await settled();
      expect(await page.evaluate(async () => (await caches.keys()).sort())).toEqual([
        'parley-shell-Second',
        'parley-shell-Third',
      ]);
    },
    lasting,
  );
});
