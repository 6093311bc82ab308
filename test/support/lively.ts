/** A tracker, five people at their peers, and what they wrote: for tests that look at all there is to see. */
import { afterAll, beforeAll } from '@jest/globals';
import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import { openBrowser, PATIENCE_MS } from './browser.js';
import { CAST, populate, type Cast, type Name } from './cast.mjs';
import { World } from './world.js';

const password = (name: Name): string => `the password of ${name}`;

export class Lively {
  private constructor(
    private readonly world: World,
    /** Where the first of the cast opens their UI. */
    readonly ui: string,
    private readonly cast: Cast,
  ) {}

  /** `name`: of the logs. */
  static async create(name: string): Promise<Lively> {
    const world = await World.create(name);
    try {
      const tracker = await world.startTracker();
      const peers = await Promise.all(
        CAST.map((username) => world.startPeer({ username, tracker, password: password(username), register: true })),
      );
      const logins = Object.fromEntries(peers.map(({ ready }) => [ready.username, ready.login]));
      const cast = await populate(logins as Record<Name, string>);
      return new Lively(world, peers[0]?.ready.ui ?? '', cast);
    } catch (error) {
      await world.close();
      throw error;
    }
  }

  /** A browser of its own, signed in as the first of the cast. */
  async sitDown(browser: Browser, options: BrowserContextOptions): Promise<Page> {
    const context = await browser.newContext({ reducedMotion: 'reduce', ...options });
    context.setDefaultTimeout(PATIENCE_MS);
    const headers = { origin: new URL(this.ui).origin };
    const answer = await context.request.post(new URL('api/login', this.ui).href, {
      data: { password: password('maria') },
      headers,
    });
    if (!answer.ok()) throw new Error(`signing in: ${answer.status()} ${await answer.text()}`);
    const page = await context.newPage();
    await page.goto(this.ui);
    await page.locator('.shell').waitFor();
    return page;
  }

  async close(): Promise<void> {
    for (const teller of Object.values(this.cast.tellers)) teller.leave();
    await this.world.close();
  }
}

/** Five peers and a browser take a while, ms. */
const STARTING_MS = 12 * PATIENCE_MS;

/** Registers the hooks that start all this, and a browser, before the tests of the block, and end it after them. `name`: of the logs. */
export function livelyBrowser(name: string, begin: (lively: Lively, browser: Browser) => void): void {
  const opened: { close(): Promise<void> }[] = [];
  beforeAll(async () => {
    const browser = await openBrowser();
    opened.push(browser);
    const lively = await Lively.create(name);
    opened.push(lively);
    begin(lively, browser);
  }, STARTING_MS);
  // Where the start failed, only what was opened before is there.
  afterAll(async () => {
    for (const one of opened.reverse()) await one.close();
  }, STARTING_MS);
}
