/** The window in Firefox: sign in, send, receive, search, and another language, beside somebody in Chromium. */
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { PATIENCE_MS } from '../support/browser.js';
import { browserUsers, PASSWORD } from '../support/browser-users.js';
import { Firefox } from '../support/firefox.js';
import type { Person } from '../support/person.js';

const lasting = 4 * PATIENCE_MS;
const place = '#general';
const shows = (text: string): string => `document.querySelector('main').innerText.includes(${JSON.stringify(text)})`;

describe('Firefox', () => {
  let bob: Person;
  let address: string;
  let firefox: Firefox;

  browserUsers('firefox', ['alice', 'bob'], async ({ people, peers }) => {
    ({ bob } = people);
    address = peers.alice.ready.ui;
    await bob.open(place);
  });
  beforeAll(async () => {
    firefox = await Firefox.open();
  }, lasting);
  afterAll(async () => firefox.close(), lasting);

  test(
    'signs in with the password, sends, receives and finds',
    async () => {
      await firefox.go(address);
      await firefox.sees(`document.activeElement?.matches('input[type=password]')`);
      await firefox.type(PASSWORD, 'Enter');
      await firefox.sees(`document.activeElement?.matches('[data-composer]')`);
      await firefox.type('Hello from the fox, with ünïcode', 'Enter');
      await bob.sees(place, 'Hello from the fox, with ünïcode');
      await bob.write(place, 'Well caught');
      await firefox.sees(shows('Well caught'));
      await firefox.go(`${address}#/search?q=caught`);
      expect(await firefox.sees(`document.querySelector('.search mark')?.textContent`)).toBe('caught');
    },
    lasting,
  );

  test(
    'speaks another language, from right to left',
    async () => {
      await firefox.go(`${address}#/settings/appearance`);
      await firefox.sees(`document.querySelector('select')`);
      await firefox.sees(`(() => {
        const select = document.querySelector('select');
        if (document.documentElement.dir === 'rtl') return 'rtl';
        if (select && select.value !== 'fa') {
          select.value = 'fa';
          select.dispatchEvent(new Event('change', { bubbles: true }));
        }
      })()`);
      expect(await firefox.sees(`document.documentElement.lang === 'fa' && document.documentElement.lang`)).toBe('fa');
    },
    lasting,
  );
});
