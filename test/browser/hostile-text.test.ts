/** Text that wants to be unseen, to cover its neighbours or to turn them: two people, two browsers, two peers. */
import { expect, test } from '@jest/globals';
import { PATIENCE_MS } from '../support/browser.js';
import { message, PLACE, twoPeople } from '../support/messages.js';
import type { Person } from '../support/person.js';

const lasting = 3 * PATIENCE_MS;
let alice: Person;
let bob: Person;

twoPeople('hostile-text', (two) => {
  ({ alice, bob } = two.people);
});

test(
  'what nobody would see is not sent, and a NUL is left out',
  async () => {
    const composer = alice.composer(PLACE);
    for (const unseen of ['\u200b', '\u3164', '\u2800 \u2800', '** **', '```\n```']) {
      await composer.fill(unseen);
      await composer.press('Enter');
      expect(await composer.inputValue()).not.toBe('');
    }
    await composer.fill('');
    await alice.write(PLACE, 'a NUL\0 within');
    await message(bob, 'a NUL within').waitFor();
    expect(await bob.timeline(PLACE).locator('[data-message]').count()).toBe(1);
  },
  lasting,
);

test(
  'marks stay within their row, and directions within their words',
  async () => {
    await alice.write(PLACE, 'the row above');
    await alice.write(PLACE, `flood ${'Z\u0301\u0489\u0323'.repeat(1)}${'\u0301\u0323'.repeat(300)} end`);
    await alice.write(PLACE, 'the row below');
    const flooded = message(bob, 'flood');
    await flooded.waitFor();
    const said = await flooded.locator('.message-text').innerText();
    expect(said.replaceAll(/\P{M}/gu, '').length).toBeLessThanOrEqual(6);
    expect(await flooded.locator('.message-text').evaluate((element) => getComputedStyle(element).overflowY)).toBe(
      'clip',
    );

    await alice.write(PLACE, 'open \u202etxt.exe now');
    expect(await message(bob, 'open').locator('.message-text').innerText()).toBe('open txt.exe now');
  },
  lasting,
);

test(
  'words with joiners and sequences of emoji stay whole',
  async () => {
    const whole = 'می‌خواهم न्‍ 👨‍👩‍👧‍👦 🇻🇳 1️⃣ 🏴\u{e0067}\u{e0062}\u{e0065}\u{e006e}\u{e0067}\u{e007f} בְּרֵאשִׁ֖ית';
    await alice.write(PLACE, whole);
    await message(bob, 'می‌خواهم').waitFor();
    expect(await message(bob, 'می‌خواهم').locator('.message-text').innerText()).toBe(whole);
    const { PARLEY_PICTURES: pictures } = process.env;
    if (pictures !== undefined) await bob.page.screenshot({ path: `${pictures}/hostile-text.png` });
  },
  lasting,
);
