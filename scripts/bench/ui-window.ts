/** A window of a real Chromium on a peer, with the probe in it. */
import { readFileSync } from 'node:fs';
import type { Browser, CDPSession, Page } from 'playwright-core';
import type { PeerReady } from '../daemon/daemon.js';
import type { Frame } from './ui-frames.js';

/** As they are in the source tree: what runs in the page is not compiled. */
const source = (path: string): URL => new URL(`../../../scripts/${path}`, import.meta.url);

/** What Chromium has to be told where it runs as root, in a container, without a screen. */
const ARGS = ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking'];

interface FindsChromium {
  readonly CHROMIUM_MISSING: string;
  findChromium(): string | undefined;
}

/** What a page of this kind may take before a phone throws it out. */
export const HEAP_MB = 64;

/** The chat window, and a page that only the browser moves. */
export interface Windows {
  readonly window: UiWindow;
  readonly bare: UiWindow;
}

const PATIENCE_MS = 60_000;

export async function openChromium(): Promise<Browser> {
  // Only for those who run this: neither is a part of what is installed to use Parley.
  const { chromium } = await import('playwright-core');
  const found = (await import(source('bootstrap/chromium.mjs').href)) as FindsChromium;
  const executablePath = found.findChromium();
  if (executablePath === undefined) throw new Error(found.CHROMIUM_MISSING);
  return chromium.launch({ executablePath, headless: true, args: ARGS });
}

export class UiWindow {
  private constructor(
    readonly page: Page,
    private readonly devtools: CDPSession,
  ) {}

  /** Signed in, at the list of conversations. */
  static async open(browser: Browser, { login }: PeerReady): Promise<UiWindow> {
    const context = await browser.newContext({ viewport: { width: 1280, height: 900 }, locale: 'en-GB' });
    context.setDefaultTimeout(PATIENCE_MS);
    const page = await context.newPage();
    await page.addInitScript({ content: readFileSync(source('bench/ui-probe.mjs'), 'utf8') });
    await page.goto(login);
    await page.getByRole('navigation', { name: 'Conversations' }).waitFor();
    return new UiWindow(page, await context.newCDPSession(page));
  }

  /** A page that only the browser moves: lines of text that are all there from the start. What can be had on this machine just now. */
  static async bare(browser: Browser): Promise<UiWindow> {
    const page = await browser.newPage({ viewport: { width: 1280, height: 900 } });
    await page.addInitScript({ content: readFileSync(source('bench/ui-probe.mjs'), 'utf8') });
    await page.goto('about:blank');
    const lines = Array.from(
      { length: 2_000 },
      (_, i) => `<p data-key="${i}">The line ${i} of a page without any script</p>`,
    );
    await page.setContent(`<div data-timeline style="height:700px;overflow:auto">${lines.join('')}</div>`);
    await page.evaluate('document.querySelector("[data-timeline]").scrollTop = 1e9');
    return new UiWindow(page, await page.context().newCDPSession(page));
  }

  /** Resolves with the ms from the press of a link in the list until the text is drawn. */
  async drawnAfterClick(name: string, text: string): Promise<number> {
    const drawn = this.page.evaluate<number>(`parleyProbe.drawnAfterPress(${JSON.stringify(text)})`);
    await this.page.getByRole('navigation', { name: 'Conversations' }).getByText(name, { exact: true }).click();
    return drawn;
  }

  /** Resolves with the ms from the start of loading the page, nothing of it in a cache, until the text is drawn. */
  async drawnAfterLoad(text: string): Promise<number> {
    await this.devtools.send('Network.setCacheDisabled', { cacheDisabled: true });
    await this.page.reload({ waitUntil: 'commit' });
    return this.page.evaluate<number>(`parleyProbe.drawn(${JSON.stringify(text)}, 0)`);
  }

  /** Resolves once the text is drawn. */
  async drawn(text: string): Promise<void> {
    await this.page.evaluate(`parleyProbe.drawn(${JSON.stringify(text)}, 0)`);
  }

  /** What the page notes, frame by frame, while something is done to it. */
  async recorded(work: () => Promise<void>): Promise<Frame[]> {
    await this.page.evaluate('parleyProbe.record()');
    await work();
    return this.page.evaluate<Frame[]>('parleyProbe.stop()');
  }

  /** Turns the wheel over the timeline, `deltaY` px about every `everyMs`, until `enough`. */
  async wheel(deltaY: number, everyMs: number, enough: (turns: number) => boolean | Promise<boolean>): Promise<void> {
    const box = await this.page.locator('[data-timeline]').boundingBox();
    if (!box) throw new Error('there is no timeline');
    await this.page.mouse.move(box.x + box.width / 2, box.y + box.height / 2);
    for (let turns = 0; !(await enough(turns)); turns++) {
      await this.page.mouse.wheel(0, deltaY);
      await new Promise((resolve) => setTimeout(resolve, everyMs));
    }
  }

  async atBeginning(): Promise<boolean> {
    return this.page.getByText(/^The beginning of your conversation/).isVisible();
  }

  /** After what is garbage was collected: the JavaScript heap in MB, and the nodes of the document. */
  async weight(): Promise<{ heap: number; nodes: number }> {
    await this.devtools.send('HeapProfiler.enable');
    await this.devtools.send('HeapProfiler.collectGarbage');
    const { usedSize } = await this.devtools.send('Runtime.getHeapUsage');
    const nodes = await this.page.evaluate<number>('document.querySelectorAll("*").length');
    return { heap: usedSize / 1e6, nodes };
  }
}
