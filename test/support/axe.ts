/** What axe finds wrong in a page, or in every view. */
import { AxeBuilder } from '@axe-core/playwright';
import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import type { Lively } from './lively.js';
import { STOPS, visit } from './tour.mjs';

export const wide = { viewport: { width: 1280, height: 800 } };
export const phone = { viewport: { width: 390, height: 780 }, isMobile: true, hasTouch: true };

/** No reports of what passed, which cost more than the looking; no style sheets fetched again. */
const VIOLATIONS = { resultTypes: ['violations' as const], preload: false };

export async function violations(page: Page): Promise<string[]> {
  const { violations: found } = await new AxeBuilder({ page }).options(VIOLATIONS).setLegacyMode().analyze();
  return found.flatMap(({ id, help, nodes }) =>
    nodes
      .slice(0, 3)
      .map(({ html, failureSummary = '' }) => `${id} (${help}): ${html.slice(0, 160)} ${failureSummary}`),
  );
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
  for (const stop of STOPS.filter(({ only }) => only !== (onPhone ? 'wide' : 'phone'))) {
    await visit(page, stop, onPhone);
    found.push(...(await violations(page)).map((violation) => `${stop.name}: ${violation}`));
  }
  await page.context().close();
  return found;
}
