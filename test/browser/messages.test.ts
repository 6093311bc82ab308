/** What a message is: two people, two browsers, two peers. */
import { describe, expect, test } from '@jest/globals';
import { PATIENCE_MS } from '../support/browser.js';
import { message, PLACE, twoPeople } from '../support/messages.js';
import type { Person } from '../support/person.js';

const lasting = 3 * PATIENCE_MS;

describe('a message', () => {
  let alice: Person;
  let bob: Person;

  twoPeople('messages', (two) => {
    ({ alice, bob } = two.people);
  });

  test(
    'is drawn as its Markdown says, and is never HTML',
    async () => {
      const text =
        '**bold** and `code`, [google.com](https://evil.example/) <b onclick="alert(1)">not</b> [x](javascript:alert(1))';
      await alice.write(PLACE, text);
      const drawn = message(bob, 'bold');
      expect(await drawn.locator('strong').innerText()).toBe('bold');
      expect(await drawn.locator('code').innerText()).toBe('code');
      await drawn.getByText('(goes to evil.example)').waitFor();
      await drawn.getByText('<b onclick="alert(1)">not</b> [x](javascript:alert(1))').waitFor();
      const links = await drawn.getByRole('link').all();
      expect(
        await Promise.all(links.map(async (a) => [await a.getAttribute('href'), await a.getAttribute('rel')])),
      ).toEqual([['https://evil.example/', 'noopener noreferrer']]);
      await alice.write(PLACE, '- one\n  - two\n\n> said\n\n| a | b |\n|---|---|\n| 1 | 2 |');
      await message(bob, 'said').getByRole('list').getByRole('list').getByText('two').waitFor();
      await message(bob, 'said').getByRole('cell', { name: '2' }).waitFor();
    },
    lasting,
  );

  test(
    'names people and channels: the one who is meant sees it at a glance',
    async () => {
      await alice.write(PLACE, 'Ask @bob in #broadcast, not @nobody');
      const said = message(bob, 'Ask');
      await said.getByRole('link', { name: '@bob' }).click();
      await bob.page.getByRole('dialog').getByRole('heading', { name: 'bob' }).waitFor();
      await bob.page.keyboard.press('Escape');
      expect(await said.getByRole('link').allInnerTexts()).toEqual(['@bob', '#broadcast']);
      expect(await said.getAttribute('class')).toContain('message-mentioned');
      expect(await message(alice, 'Ask').getAttribute('class')).not.toContain('message-mentioned');
      await said.getByRole('link', { name: '#broadcast' }).click();
      await bob.composer('#broadcast').waitFor();
      await bob.open(PLACE);
    },
    lasting,
  );

  test(
    'shows code in colours, folded where it is long, and copies it whole',
    async () => {
      const code = Array.from({ length: 40 }, (_, line) => `const line${line} = "${line}";`).join('\n');
      await alice.write(PLACE, `\`\`\`ts\n${code}\n\`\`\``);
      const block = alice.timeline(PLACE).getByRole('group', { name: 'Code: ts' }).last();
      await block.locator('.hljs-keyword').first().waitFor();
      expect((await block.innerText()).split('\n')).toHaveLength(20);
      const around = alice
        .timeline(PLACE)
        .locator('[data-message]')
        .filter({ has: alice.page.getByRole('group', { name: 'Code: ts' }) });
      await around.getByRole('button', { name: 'Copy code' }).click();
      await around.getByText('Copied').waitFor({ state: 'attached' });
      expect(await alice.page.evaluate('navigator.clipboard.readText()')).toBe(code);
      await around.getByRole('button', { name: 'Show all 40 lines' }).click();
      await block.getByText('line39').waitFor();
      await around.getByRole('button', { name: 'Show fewer lines' }).click();
    },
    lasting,
  );

  test(
    'is folded where it is long, until more is asked for',
    async () => {
      await alice.write(PLACE, Array.from({ length: 45 }, (_, line) => `Long line ${line}`).join('\n'));
      const long = message(bob, 'Long line');
      const more = long.getByRole('button', { name: 'Show more' });
      const folded = (await more.boundingBox())?.y ?? 0;
      await more.click();
      await long.getByRole('button', { name: 'Show less' }).waitFor();
      const open = (await long.boundingBox())?.height ?? 0;
      await long.getByRole('button', { name: 'Show less' }).click();
      await more.waitFor();
      expect(folded).toBeGreaterThan(0);
      expect((await long.boundingBox())?.height ?? 0).toBeLessThan(open - 200);
    },
    lasting,
  );

  test(
    'read at the last moment before a page is left is read',
    async () => {
      for (let n = 1; n <= 3; n += 1) {
        for (let part = 1; part <= 5; part += 1) await alice.write(PLACE, `Part ${part} of ${n}`);
        // Left in the same turn in which it is drawn, as no person could.
        const loaded = bob.page.waitForEvent('load');
        await bob.page.evaluate(async (last) => {
          const isThere = (): boolean => document.querySelector('main')?.textContent.includes(last) === true;
          await new Promise<void>((resolve) => {
            const look = (): void => (isThere() ? resolve() : void requestAnimationFrame(look));
            look();
          });
          requestAnimationFrame(() => requestAnimationFrame(() => location.reload()));
        }, `Part 5 of ${n}`);
        await loaded;
        await bob.sees(PLACE, `Part 5 of ${n}`);
        expect(await bob.timeline(PLACE).getByText('New messages').count()).toBe(0);
      }
    },
    lasting,
  );

  test('no page ran into an error of its own', () => {
    expect([...alice.problems, ...bob.problems]).toEqual([]);
  });
});
