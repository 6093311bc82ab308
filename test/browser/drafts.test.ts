/** What is being written, and not sent yet: kept through reloads, windows and deaths of the peer, and told to others. */
import { beforeEach, describe, expect, test } from '@jest/globals';
import type { Locator, Page } from 'playwright-core';
import type { PeerReady } from '../../scripts/daemon/daemon.js';
import { PATIENCE_MS } from '../support/browser.js';
import { browserUsers } from '../support/browser-users.js';
import type { Person } from '../support/person.js';
import type { Restartable } from '../support/world.js';

const lasting = 4 * PATIENCE_MS;
const place = '#general';

describe('what is being written', () => {
  let peer: Restartable<PeerReady>;
  let alice: Person;
  let bob: Person;
  let page: Page;
  let text: Locator;

  browserUsers('drafts', ['alice', 'bob'], async ({ people, peers }) => {
    ({ alice, bob } = people);
    peer = peers.alice;
    page = alice.page;
    await alice.open(place);
    await bob.open(place);
    await bob.write(place, 'Shall we begin?');
    await alice.sees(place, 'Shall we begin?');
    text = alice.composer(place);
  });

  beforeEach(async () => {
    await text.fill('');
  });

  const written = (): Promise<string> => text.inputValue();
  /** A row of the timeline. */
  const row = (person: Person, words: string): Locator =>
    person.timeline(place).getByRole('listitem').filter({ hasText: words }).last();

  test(
    'keeps a draft in its conversation, through reloads and in every window',
    async () => {
      await text.fill('half a sen');
      await alice.open('#broadcast');
      await alice.sidebar.getByTitle('Draft').waitFor();
      expect(await alice.composer('#broadcast').inputValue()).toBe('');
      await alice.open(place);
      await page.reload();
      await text.waitFor();
      expect(await written()).toBe('half a sen');
      const second = await page.context().newPage();
      await second.goto(page.url());
      const there = second.getByRole('textbox', { name: `Message to ${place}` });
      await there.waitFor();
      expect(await there.inputValue()).toBe('half a sen');
      await there.fill('half a sentence, and the rest');
      await page.waitForFunction(() => document.querySelector('textarea')?.value === 'half a sentence, and the rest');
      await there.press('Enter');
      await bob.sees(place, 'half a sentence, and the rest');
      await page.waitForFunction(() => document.querySelector('textarea')?.value === '');
      await second.close();
    },
    lasting,
  );

  test(
    'takes a long paste as it is, and sends it in parts',
    async () => {
      await page.context().grantPermissions(['clipboard-read', 'clipboard-write']);
      const lines = Array.from({ length: 600 }, (_, index) => `line ${index + 1} of a long text that somebody pastes`);
      await page.evaluate((pasted) => navigator.clipboard.writeText(pasted), lines.join('\n'));
      await text.press('Control+v');
      expect(await written()).toBe(lines.join('\n'));
      await page.getByText(/bytes too long/).waitFor();
      expect(await page.getByRole('button', { name: 'Send', exact: true }).isDisabled()).toBe(true);
      await page.getByRole('button', { name: 'Send as 2 messages' }).click();
      expect(await written()).toBe('');
      // Only the beginning of a long message is drawn until it is unfolded.
      await bob.timeline(place).getByRole('button', { name: 'Show more' }).nth(1).click();
      await row(bob, 'line 600 of').waitFor();
    },
    lasting,
  );

  test(
    'tells the others that one types, until the message is there',
    async () => {
      const typing = bob.page.getByText('alice is typing…');
      await typing.waitFor({ state: 'detached' });
      await text.pressSequentially('here it');
      await typing.waitFor();
      await text.pressSequentially(' comes');
      await text.press('Enter');
      await bob.sees(place, 'here it comes');
      await typing.waitFor({ state: 'detached' });
    },
    lasting,
  );

  test(
    'loses no keystroke when the peer dies and comes back',
    async () => {
      await text.pressSequentially('before, ');
      await peer.kill9();
      await text.pressSequentially('while it is away, ');
      await page
        .getByText(/has stopped on this computer/)
        .first()
        .waitFor();
      await text.press('Enter');
      await text.pressSequentially('and the next');
      await peer.start();
      await bob.sees(place, 'before, while it is away,');
      expect(await written()).toBe('and the next');
      await text.press('Enter');
      await bob.sees(place, 'and the next');
      expect(await bob.textsIn(place, /while it is away/)).toHaveLength(1);
    },
    lasting,
  );

  test('no page ran into an error of its own', () => {
    expect([...alice.problems, ...bob.problems]).toEqual([]);
  });
});
