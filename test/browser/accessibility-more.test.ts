/** axe on every view where scheme, direction and width meet otherwise than in accessibility.test.ts: it takes minutes. */
import { expect, test } from '@jest/globals';
import type { Browser } from 'playwright-core';
import { axeInEveryView, phone, wide } from '../support/axe.js';
import { PATIENCE_MS } from '../support/browser.js';
import { type Lively, livelyBrowser } from '../support/lively.js';

const lasting = 12 * PATIENCE_MS;
/** With those two, each two of scheme, direction and width meet in one of them. */
const settings = [
  ['dark, left to right, wide', { ...wide, colorScheme: 'dark', locale: 'vi-VN' }],
  ['light, right to left, wide', { ...wide, colorScheme: 'light', locale: 'fa-IR' }],
  ['light, left to right, on a phone', { ...phone, colorScheme: 'light', locale: 'vi-VN' }],
] as const;

let browser: Browser;
let lively: Lively;
livelyBrowser('accessibility-more', (...started) => ([lively, browser] = started));

test.each(settings)(
  'axe finds nothing: %s',
  async (_name, options) => {
    expect(await axeInEveryView(lively, browser, options)).toEqual([]);
  },
  lasting,
);
