/** What axe finds wrong in a page, or in every view. */
import { AxeBuilder } from '@axe-core/playwright';
import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import type { Lively } from './lively.js';
import { STOPS, visit, type Stop } from './tour.mjs';

export const wide = { viewport: { width: 1280, height: 800 } };
export const phone = { viewport: { width: 390, height: 780 }, isMobile: true, hasTouch: true };

/** No reports of what passed, which cost more than the looking; no style sheets fetched again. */
const VIOLATIONS = { resultTypes: ['violations' as const], preload: false };

/** A part of a page: only that, or all but that. */
interface Part {
  readonly only?: string;
  readonly but?: string;
}

export async function violations(page: Page, { only, but }: Part = {}): Promise<string[]> {
  const builder = new AxeBuilder({ page }).options(VIOLATIONS).setLegacyMode();
  if (only !== undefined) builder.include(only);
  if (but !== undefined) builder.exclude(but);
  const { violations: found } = await builder.analyze();
  return found.flatMap(({ id, help, nodes }) =>
    nodes
      .slice(0, 3)
      .map(({ html, failureSummary = '' }) => `${id} (${help}): ${html.slice(0, 160)} ${failureSummary}`),
  );
}

/** In the light, and in the dark. */
export async function violationsOfBoth(page: Page, part: Part = {}): Promise<string[]> {
  const found: string[] = [];
  for (const colorScheme of ['dark', 'light'] as const) {
    await page.emulateMedia({ colorScheme });
    found.push(...(await violations(page, part)));
  }
  return found;
}

/** What opens over a view, or beside it: that view itself was looked at before. */
const OPENS = ['dialog[open]', ':popover-open', '.side-panel', '.composer'];
const BESIDE = '.sidebar';

/** Where something is that no stop before has shown: the looking takes most of the time, and each thing is looked at once. */
async function newIn(page: Page, { then, open }: Stop, first: boolean): Promise<Part> {
  if (first) return {};
  if (open === undefined && then === undefined) return { but: BESIDE };
  for (const only of OPENS) if ((await page.locator(only).locator('visible=true').count()) > 0) return { only };
  return { but: BESIDE };
}

/** In every view, dialog and menu of the first of the cast. */
export async function axeInEveryView(
  lively: Lively,
  browser: Browser,
  options: BrowserContextOptions,
): Promise<string[]> {
  const page = await lively.sitDown(browser, options);
  const onPhone = options.isMobile === true;
  const found: string[] = [];
  const stops = STOPS.filter(({ only }) => only !== (onPhone ? 'wide' : 'phone'));
  for (const stop of stops) {
    await visit(page, stop, onPhone);
    const part = await newIn(page, stop, stop === stops[0] || stop.name === 'list');
    found.push(...(await violations(page, part)).map((violation) => `${stop.name}: ${violation}`));
  }
  await page.context().close();
  return found;
}
