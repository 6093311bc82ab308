import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { TestDoor } from './test-socket.js';

let local: TestDoor;
beforeEach(async () => {
  local = await TestDoor.start();
});
afterEach(() => local.stop());

const signedIn = (): RequestInit => ({ headers: { authorization: `Bearer ${local.token}` } });

test('a picture is served to who is signed in, to be kept for ever, and can do nothing by itself', async () => {
  local.peer.personal.shown = { mime: 'image/webp', bytes: Buffer.from('RIFF....WEBP') };
  const answer = await local.fetch('/api/pictures/abc', signedIn());
  expect(answer.status).toBe(200);
  expect(await answer.text()).toBe('RIFF....WEBP');
  expect(Object.fromEntries(answer.headers)).toMatchObject({
    'content-type': 'image/webp',
    'cache-control': 'private, max-age=31536000, immutable',
    'content-security-policy': "default-src 'none'; sandbox",
    'x-content-type-options': 'nosniff',
    'cross-origin-resource-policy': 'same-origin',
  });
});

test('without a session there is none, and one that nobody shows is not found', async () => {
  local.peer.personal.shown = { mime: 'image/webp', bytes: Buffer.from('x') };
  expect((await local.fetch('/api/pictures/abc')).status).toBe(401);
  local.peer.personal.shown = undefined;
  const answer = await local.fetch('/api/pictures/abc', signedIn());
  expect(answer.status).toBe(404);
  expect(answer.headers.get('cache-control') ?? '').not.toContain('immutable');
});
