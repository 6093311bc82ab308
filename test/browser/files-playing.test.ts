/** Films and sound where they were sent: they seek by asking for parts, and one plays at a time. */
import { describe, expect, test } from '@jest/globals';
import type { Locator, Page } from 'playwright-core';
import { browserUsers } from '../support/browser-users.js';
import { PATIENCE_MS } from '../support/browser.js';
import { film } from '../support/film.js';
import { postFile, wav } from '../support/posted-files.js';
import type { Person } from '../support/person.js';

const PLACE = '#general';
const lasting = 3 * PATIENCE_MS;

describe('in the conversation', () => {
  let alice: Person;
  let page: Page;

  browserUsers('files-playing', ['alice'], async ({ people }) => {
    ({ alice } = people);
    ({ page } = alice);
    await alice.open(PLACE);
  });

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
  const playing = (): Promise<readonly string[]> =>
    page.evaluate(() =>
      [...document.querySelectorAll<HTMLMediaElement>('audio, video')]
        .filter(({ paused }) => !paused)
        .map(({ localName, className }) => `${localName} ${className}`.trim()),
    );

  test(
    'a film is drawn at its size and seeks by asking for a part of what is behind',
    async () => {
      const bytes = await film(page, 30);
      expect(bytes.length).toBeGreaterThan(2_000_000);
      const parts: { readonly range: string; readonly status: number; readonly place: string }[] = [];
      page.on('response', (response) => {
        const { range = '' } = response.request().headers();
        const place = response.headers()['content-range'] ?? '';
        if (response.url().includes('/api/files/')) parts.push({ range, status: response.status(), place });
      });
      const facts = { mime: 'video/webm', width: 320, height: 320, duration: 30_000 };
      await postFile(page, PLACE, { name: 'film.webm', bytes, facts });
      const player = alice.timeline(PLACE).locator('video');
      await player.waitFor();
      expect(await player.evaluate((video: HTMLVideoElement) => [video.controls, video.playsInline])).toEqual([
        true,
        true,
      ]);
      expect(await seekTo(player, 27)).toBeCloseTo(27, 0);
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
      const sound = { mime: 'audio/wav', duration: 60_000 };
      await postFile(page, PLACE, { name: 'song.wav', bytes: wav(60), facts: sound });
      await postFile(page, PLACE, { name: 'voice.wav', bytes: wav(61), facts: { ...sound, voice: true } });
      const timeline = alice.timeline(PLACE);
      await play(timeline.locator('video'));
      expect(await playing()).toEqual(['video picture-layer']);
      await play(timeline.locator('audio.file-audio'));
      expect(await playing()).toEqual(['audio file-audio']);
      const voice = timeline.locator('.voice');
      await voice.getByRole('button', { name: 'Play', exact: true }).click();
      await voice.getByRole('button', { name: 'Pause', exact: true }).waitFor();
      expect(await playing()).toEqual(['audio']);
      await play(timeline.locator('video'));
      // The button of the voice message tells that it has been ended.
      await voice.getByRole('button', { name: 'Play', exact: true }).waitFor();
      expect(await playing()).toEqual(['video picture-layer']);
      expect(alice.problems).toEqual([]);
    },
    lasting,
  );
});
