/** Thousands who come at one moment, to a tracker that is busy: the system keeps their connections until it accepts them. */
import { afterAll, expect, test } from '@jest/globals';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { connect } from 'node:net';
import { fileURLToPath } from 'node:url';
import { Daemon, type TrackerReady } from '../scripts/daemon/daemon.js';
import { TempDir } from './support/temp-dir.js';

const program = fileURLToPath(new URL('../dist/scripts/daemon/entry.js', import.meta.url));
const COMING = 2_000;
const folder = new TempDir();

afterAll(() => folder.remove());

/** What the system allows; it does not tell elsewhere. */
function roomHere(): number {
  return process.platform === 'linux' ? Number(readFileSync('/proc/sys/net/core/somaxconn', 'utf8')) : 0;
}

(roomHere() < COMING ? test.skip : test)(
  'all are connected while the tracker does nothing, and answered once it does',
  async () => {
    const args = ['tracker', '--json', '--port', '0', '--data-dir', folder.path];
    const tracker = await Daemon.start<TrackerReady>({ name: 'tracker', program, args });
    try {
      process.kill(tracker.pid, 'SIGSTOP');
      const port = Number(new URL(tracker.ready.url).port);
      const sockets = Array.from({ length: COMING }, () => connect(port, '127.0.0.1'));
      try {
        await Promise.all(sockets.map((socket) => once(socket, 'connect')));
        const answers = sockets.map(async (socket) => {
          socket.write('GET /healthz HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n');
          const [data] = (await once(socket, 'data')) as [Buffer];
          return data.toString('latin1', 0, 'HTTP/1.1 200'.length);
        });
        process.kill(tracker.pid, 'SIGCONT');
        expect(new Set(await Promise.all(answers))).toEqual(new Set(['HTTP/1.1 200']));
      } finally {
        for (const socket of sockets) socket.destroy();
      }
    } finally {
      process.kill(tracker.pid, 'SIGCONT');
      await tracker.stop();
    }
  },
);
