#!/usr/bin/env node
// Draws ui/public/icon-*.png from ui/public/favicon.svg, for systems that take no SVG: `node docs/images/icons.mjs`.
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { chromium } from 'playwright-core';
import { CHROMIUM_MISSING, findChromium } from '../../scripts/bootstrap/chromium.mjs';

const folder = new URL('../../ui/public/', import.meta.url);
// `inset`: how much of the side is left free around the drawing; `ground`: fills the corners too, since the system cuts them.
const icons = [
  { file: 'icon-192.png', size: 192, inset: 0, ground: 'transparent' },
  { file: 'icon-512.png', size: 512, inset: 0, ground: 'transparent' },
  { file: 'icon-maskable-512.png', size: 512, inset: 0.1, ground: '#2f5fd0' },
  { file: 'apple-touch-icon.png', size: 180, inset: 0.06, ground: '#2f5fd0' },
];

const executablePath = findChromium();
if (executablePath === undefined) throw new Error(CHROMIUM_MISSING);
const drawing = await readFile(new URL('favicon.svg', folder), 'utf8');
const browser = await chromium.launch({ executablePath, args: ['--no-sandbox', '--disable-gpu'] });
try {
  const page = await browser.newPage();
  for (const { file, size, inset, ground } of icons) {
    await page.setViewportSize({ width: size, height: size });
    const pad = Math.round(size * inset);
    const style = `html,body{margin:0;background:${ground}} svg{display:block;margin:${pad}px;width:${size - 2 * pad}px}`;
    await page.setContent(`<!doctype html><style>${style}</style>${drawing}`);
    await page.screenshot({ path: fileURLToPath(new URL(file, folder)), omitBackground: true });
  }
} finally {
  await browser.close();
}
