/** Which trackers stand for one another, as their owner names them (SPEC.md section 2). */
import { afterAll, expect, test } from '@jest/globals';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { EventsSocket } from './testing/events-socket.js';
import { TestTrackers } from './testing/test-tracker.js';

const trackers = new TestTrackers();
afterAll(() => trackers.clean());

test('are told to whoever asks, and to each peer with its snapshot; the command line goes before settings.json', async () => {
  const dataDir = await trackers.directory();
  const settings = {
    trackers: ['a.example', 'https://b.example/chat/', 'http://192.168.1.5:8001/login.html'],
    registration: 'open',
  };
  await writeFile(join(dataDir, 'settings.json'), JSON.stringify(settings));
  const named = ['http://a.example:8001', 'https://b.example/chat', 'http://192.168.1.5:8001'];
  const first = await trackers.start({ dataDir });
  expect((await first.fetch('/trackers')).body).toEqual({ status: 'success', trackers: named });
  const alice = await first.register('alice');
  const socket = await EventsSocket.open(alice);
  expect(socket.heard[0]).toMatchObject({ type: 'snapshot', trackers: named });
  await first.tracker.close();
  const again = await trackers.start({ dataDir, trackers: ['http://c.example:9000'] });
  expect((await again.fetch('/trackers')).body['trackers']).toEqual(['http://c.example:9000']);
});

test('where none are named, nothing is said of them', async () => {
  const lone = await trackers.start();
  expect((await lone.fetch('/trackers')).body['trackers']).toEqual([]);
  const socket = await EventsSocket.open(await lone.register('bob'));
  expect(socket.heard[0]).not.toHaveProperty('trackers');
});

test('what is no address, and more than eight, stops the start with a sentence', async () => {
  expect(await trackers.startError({ trackers: ['ftp://x'] })).toMatch(/no address of a tracker/);
  const many = Array.from({ length: 9 }, (_, n) => `http://t${n}`);
  expect(await trackers.startError({ trackers: many })).toMatch(/At most 8/);
});
