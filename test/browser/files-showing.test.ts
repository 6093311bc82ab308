/** How files look, and what can be done with them: a real peer, real Chromium. */
import { describe, expect, test } from '@jest/globals';
import type { Locator, Page } from 'playwright-core';
import { pngHead } from '../../ui/src/files/test-pictures.js';
import { browserUsers } from '../support/browser-users.js';
import { PATIENCE_MS } from '../support/browser.js';
import { film } from '../support/film.js';
import { pictureOf, postFile, wav } from '../support/posted-files.js';
import type { Person } from '../support/person.js';

const PLACE = '#general';
const lasting = 3 * PATIENCE_MS;
const seekTo = (player: Locator, seconds: number): Promise<number> =>
  player.evaluate(
    (media: HTMLMediaElement, to) =>
      new Promise<number>((resolve) => {
        const go = (): void => {
          media.onseeked = () => resolve(media.currentTime);
          media.currentTime = to;
        };
        if (media.readyState > 0) go();
        else media.onloadedmetadata = go;
      }),
    seconds,
  );
const play = (player: Locator): Promise<void> =>
  player.evaluate(async (media: HTMLMediaElement) => {
    media.muted = true;
    media.loop = true;
    await media.play();
  });
const playing = (page: Page): Promise<readonly string[]> =>
  page.evaluate(() =>
    [...document.querySelectorAll<HTMLMediaElement>('audio, video')]
      .filter(({ paused }) => !paused)
      .map(({ localName, className }) => `${localName} ${className}`.trim()),
  );

const pictureOfView = (alice: Person, n: number) =>
  alice.timeline(PLACE).getByRole('button', { name: `Show Picture: view-${n}.png in full` });

describe('files', () => {
  let alice: Person;

  browserUsers('files-showing', ['alice'], ({ people }) => {
    ({ alice } = people);
  });

  test(
    'pictures that were sent together are a grid whose room is known before they are here',
    async () => {
      const { page } = alice;
      await alice.open(PLACE);
      // Nothing of a picture is answered until it was seen that its room is there.
      let answer = (): void => undefined;
      const asked = new Promise<void>((resolve) => (answer = resolve));
      await page.route('**/api/files/*', async (route) => {
        await asked;
        await route.continue();
      });
      for (const [n, colour] of ['#2b6cb0', '#c05621', '#2f855a'].entries()) {
        const base64 = await pictureOf(page, 600, 400 + n, colour);
        const facts = { mime: 'image/png', width: 600, height: 400 + n, group: 'week' };
        const thumbnail = await pictureOf(page, 60, 40, colour, 'image/webp');
        await postFile(page, PLACE, {
          ...{ name: `view-${n}.png`, bytes: Buffer.from(base64, 'base64') },
          facts: { ...facts, thumbnail },
        });
      }
      const row = alice.timeline(PLACE).getByRole('list', { name: '3 pictures' });
      await row.getByRole('listitem').nth(2).waitFor();
      const before = await row.boundingBox();
      // What stands there meanwhile is the small picture that came with the message.
      expect(await row.locator('img[src^="data:image/webp"]').count()).toBe(3);
      answer();
      await page.waitForFunction(
        () =>
          [...document.querySelectorAll<HTMLImageElement>('.album img[src^="/api/files/"]')].filter(
            ({ complete, naturalWidth }) => complete && naturalWidth === 600,
          ).length === 3,
      );
      expect(await row.boundingBox()).toEqual(before);
      await page.unroute('**/api/files/*');
    },
    lasting,
  );

  test(
    'a picture is seen in full, and by keyboard the next ones, larger, whole again, and closed',
    async () => {
      const { page } = alice;
      await pictureOfView(alice, 0).focus();
      await page.keyboard.press('Enter');
      const view = page.getByRole('dialog', { name: 'Picture in full' });
      await view.getByText('1 of 3').waitFor();
      await view.getByRole('img', { name: 'Picture: view-0.png' }).waitFor();
      await page.keyboard.press('ArrowRight');
      await view.getByText('2 of 3').waitFor();
      await page.keyboard.press('+');
      await view.locator('[data-scale="1.5"]').waitFor();
      await page.keyboard.press('0');
      await view.locator('[data-scale="1"]').waitFor();
      await page.keyboard.press('ArrowLeft');
      await view.getByText('1 of 3').waitFor();
      await page.keyboard.press('Escape');
      await view.waitFor({ state: 'detached' });
      await pictureOfView(alice, 0).and(alice.page.locator(':focus')).waitFor();
    },
    lasting,
  );

  test(
    'sound goes to where it is wanted, by asking for a part',
    async () => {
      const { page } = alice;
      const ranges: string[] = [];
      page.on('request', (request) => {
        const { range } = request.headers();
        if (request.url().includes('/api/files/') && range !== undefined) ranges.push(range);
      });
      await postFile(page, PLACE, {
        name: 'talk.wav',
        bytes: wav(120),
        facts: { mime: 'audio/wav', duration: 120_000 },
      });
      const player = alice.timeline(PLACE).locator('audio');
      await player.waitFor();
      const at = await player.evaluate(
        (audio: HTMLAudioElement) =>
          new Promise<number>((resolve) => {
            const go = (): void => {
              audio.onseeked = () => resolve(audio.currentTime);
              audio.currentTime = 100;
            };
            if (audio.readyState > 0) go();
            else audio.onloadedmetadata = go;
          }),
      );
      expect(at).toBeCloseTo(100);
      expect(ranges.length).toBeGreaterThan(0);
    },
    lasting,
  );

  test(
    'what is no picture is never drawn, whatever it says: its name stands there, with nothing hidden in it',
    async () => {
      const { page } = alice;
      const svg = Buffer.from('<svg xmlns="http://www.w3.org/2000/svg"><script>document.title="taken"</script></svg>');
      await postFile(page, PLACE, { name: 'a\u202egvs.exe.svg', bytes: svg, facts: { mime: 'image/svg+xml' } });
      await postFile(page, PLACE, {
        name: 'false.png',
        bytes: svg,
        facts: { mime: 'image/png', width: 400, height: 300 },
      });
      const timeline = alice.timeline(PLACE);
      await timeline.getByTitle('agvs.exe.svg', { exact: true }).waitFor();
      await timeline.getByRole('button', { name: 'Save false.png' }).waitFor();
      expect(await timeline.locator('img[src*="svg"]').count()).toBe(0);
      expect(await page.title()).not.toContain('taken');
    },
    lasting,
  );

  test(
    'no name hides what it is, reads as a path or widens the page; of a giant nothing is decoded',
    async () => {
      const { page } = alice;
      const names: readonly (readonly [name: string, shown: string])[] = [
        ['photo\u202egpj.exe', 'photogpj.exe'],
        ['photo\u2066.jpg\u2069.exe', 'photo.jpg.exe'],
        ['photo.jpg          .exe', 'photo.jpg .exe'],
        ['../../etc/passwd', '.._.._etc_passwd'],
        ['a\u200b\ufeffb.txt', 'ab.txt'],
        [`${'long'.repeat(60)}.exe`, `${'long'.repeat(60)}.exe`],
      ];
      const timeline = alice.timeline(PLACE);
      for (const [i, [name, shown]] of names.entries()) {
        await postFile(page, PLACE, { name, bytes: Buffer.from(`hostile ${i}`), facts: { mime: 'image/jpeg' } });
        await timeline.getByTitle(shown, { exact: true }).last().waitFor();
      }
      const giant = Buffer.from(pngHead(65_535, 65_535));
      const facts = { mime: 'image/png', width: 40, height: 30 };
      const hash = await postFile(page, PLACE, { name: 'giant.png', bytes: giant, facts });
      await timeline.getByText(/^Too many pixels to show here/).waitFor();
      const drawn = await page.evaluate(() => ({
        width: document.documentElement.scrollWidth,
        pictures: [...document.images].map(({ src }) => src),
        words: [...document.querySelectorAll('[aria-label], [title]')]
          .flatMap((element) => [element.ariaLabel, element.getAttribute('title')])
          .concat(document.body.innerText)
          .join(' '),
      }));
      expect(drawn.width).toBe(1280);
      expect(drawn.pictures.some((src) => src.includes(hash))).toBe(false);
      expect(drawn.words).not.toMatch(/[\u202a-\u202e\u2066-\u2069\u200b\ufeff]/u);
    },
    lasting,
  );

  test(
    'all of a conversation are listed, by kind, and fit a phone',
    async () => {
      const { page } = alice;
      await page.getByRole('button', { name: 'More of this conversation' }).click();
      await page.getByRole('button', { name: 'Files', exact: true }).click();
      const list = page.getByRole('list', { name: 'Files' });
      await list.getByRole('listitem').nth(5).waitFor();
      await page.getByRole('button', { name: 'Audio', exact: true }).press('Enter');
      await list.getByTitle('talk.wav', { exact: true }).waitFor();
      await page.waitForFunction(() => document.querySelectorAll('.file-listed').length === 1);
      // Not as if there were none at all.
      await page.getByRole('button', { name: 'Videos', exact: true }).press('Enter');
      await page.getByText('No files of this kind here.').waitFor();
      await page.setViewportSize({ width: 390, height: 844 });
      await page.getByRole('tab', { name: 'Files' }).waitFor();
      expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(390);
      await page.getByRole('button', { name: 'Close the details' }).click();
      const row = alice.timeline(PLACE).getByRole('list', { name: '3 pictures' });
      await row.scrollIntoViewIfNeeded();
      const box = await row.boundingBox();
      expect((box?.x ?? 0) + (box?.width ?? 999)).toBeLessThan(390);
      expect(alice.problems).toEqual([]);
    },
    lasting,
  );

  test(
    'a film is drawn at its size and seeks by asking for a part of what is behind',
    async () => {
      const { page } = alice;
      // The test before has gone up, on a phone: what is posted now stands at the end.
      await page.setViewportSize({ width: 1280, height: 1600 });
      await page.reload();
      const bytes = await film(page, 20);
      expect(bytes.length).toBeGreaterThan(2_000_000);
      const parts: { readonly range: string; readonly status: number; readonly place: string }[] = [];
      page.on('response', (response) => {
        const { range = '' } = response.request().headers();
        const place = response.headers()['content-range'] ?? '';
        if (response.url().includes('/api/files/')) parts.push({ range, status: response.status(), place });
      });
      const facts = { mime: 'video/webm', width: 320, height: 320, duration: 20_000 };
      await postFile(page, PLACE, { name: 'film.webm', bytes, facts });
      const player = alice.timeline(PLACE).locator('video');
      await player.waitFor();
      expect(await player.evaluate((video: HTMLVideoElement) => [video.controls, video.playsInline])).toEqual([
        true,
        true,
      ]);
      expect(await seekTo(player, 18)).toBeCloseTo(18, 0);
      expect(await player.evaluate((video: HTMLVideoElement) => video.videoWidth)).toBe(320);
      const far = parts.filter(({ range }) => Number(/bytes=(\d+)-/.exec(range)?.[1] ?? 0) > bytes.length / 2);
      expect(far).not.toEqual([]);
      for (const { status, place } of far) expect([status, place.endsWith(`/${bytes.length}`)]).toEqual([206, true]);
    },
    lasting,
  );

  test(
    'whatever begins to play ends the others: film, sound and voice',
    async () => {
      const { page } = alice;
      const sound = { mime: 'audio/wav', duration: 60_000 };
      await postFile(page, PLACE, { name: 'song.wav', bytes: wav(60), facts: sound });
      await postFile(page, PLACE, { name: 'voice.wav', bytes: wav(61), facts: { ...sound, voice: true } });
      const timeline = alice.timeline(PLACE);
      await play(timeline.locator('video'));
      expect(await playing(page)).toEqual(['video picture-layer']);
      await play(timeline.getByLabel('Audio: song.wav'));
      expect(await playing(page)).toEqual(['audio file-audio']);
      const voice = timeline.locator('.voice');
      await voice.getByRole('button', { name: 'Play', exact: true }).click();
      await voice.getByRole('button', { name: 'Pause', exact: true }).waitFor();
      expect(await playing(page)).toEqual(['audio']);
      await play(timeline.locator('video'));
      // The button of the voice message tells that it has been ended.
      await voice.getByRole('button', { name: 'Play', exact: true }).waitFor();
      expect(await playing(page)).toEqual(['video picture-layer']);
      expect(alice.problems).toEqual([]);
    },
    lasting,
  );
});
