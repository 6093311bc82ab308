/** A tracker for a whole network, as whoever starts it meets it: what it prints, opened in a browser, by an address that others have. */
import { expect, test } from '@jest/globals';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { openBrowser, openWindow, PATIENCE_MS } from '../support/browser.js';
import { ownAddress } from '../support/own-address.js';
import { projectRoot } from '../support/project.js';
import { TempDir } from '../support/temp-dir.js';

const PROGRAM = join(projectRoot, 'dist/scripts/daemon/entry.js');

test(
  'the links that it prints, and the dashboard behind them, name an address that others can use',
  async () => {
    const folder = new TempDir();
    const args = [PROGRAM, 'tracker', '--port', '0', '--host', '0.0.0.0', '--data-dir', join(folder.path, 'tracker')];
    // The channel: were this process to die, the tracker would stop too.
    const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'ignore', 'ipc'] });
    const browser = await openBrowser();
    try {
      const printed: string[] = [];
      if (!child.stdout) throw new Error('the output of the tracker is not piped');
      for await (const line of createInterface({ input: child.stdout })) {
        printed.push(line);
        // The last line of each way in: the first is for whoever runs it.
        if (printed.filter((one) => one.includes('--invite')).length === 2) break;
      }
      const reached = /^Others reach it at (http:\/\/[\d.]+:\d+)/m.exec(printed.join('\n'))?.[1] ?? '';
      expect(new URL(reached).hostname).toBe(ownAddress());
      const links = printed.map((line) => line.trim()).filter((line) => line.startsWith('http'));
      expect(links.map((link) => new URL(link).origin)).toEqual([reached, reached]);
      const [setup = '', invite = ''] = links;
      const { page } = await openWindow(browser, setup);
      await page.getByRole('link', { name: 'make an account here' }).click();
      await page.getByLabel('Username').fill('keeper');
      await page.getByLabel('Password').fill('correct horse battery');
      await page.keyboard.press('Enter');
      await page.getByText('Signed in as').waitFor();
      await page.getByText(`npx parley peer --username keeper --tracker ${reached}`).waitFor();
      await page.goto(invite);
      await page.getByText(`npx parley peer --invite "${reached}/join#…"`).waitFor();
      expect(await page.content()).not.toMatch(/127\.0\.0\.1|localhost|0\.0\.0\.0/);
    } finally {
      await browser.close();
      child.kill('SIGTERM');
      if (child.exitCode === null) await once(child, 'close');
      await folder.remove();
    }
  },
  4 * PATIENCE_MS,
);
