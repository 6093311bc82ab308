/** Bytes on their way to the daemon: what is told, what is tried again, and what is given up. */
import { describe, expect, test } from '@jest/globals';
import type { FilePost, Order, OutgoingFile } from '../files/outgoing.js';
import { ApiError } from '../net/api.js';
import { signedIn, snapshot } from '../state/test-samples.js';
import { createStore } from '../state/store.js';
import { createTranslate } from '../text/translate.js';
import { en } from '../text/en/index.js';
import { failureText } from './failures.js';
import { wouldLoseFiles } from './files.js';
import { Uploads } from './uploads.js';

const order: Order = { conversation: '#general', message: 'look' };

function setUp() {
  const store = createStore(signedIn());
  store.dispatch({ type: 'snapshot', snapshot: snapshot(), at: 0 });
  const uploads: {
    body: Blob;
    progress(sent: number): void;
    cancelled(): boolean;
    end(work: string): Promise<void>;
  }[] = [];
  const posts: [id: string, order: Order, file: FilePost][] = [];
  const later: (() => void)[] = [];
  const clock = { now: 0 };
  const sender = new Uploads({
    now: () => clock.now,
    failureText: (error) => failureText(createTranslate(en, 'en'), error),
    unreadable: () => en['sending.unreadable'],
    store,
    later: (work) => void later.push(work),
    post: (...post) => void posts.push(post),
    keep: () => undefined,
    upload: (body, _about, { progress, signal }) =>
      new Promise((resolve, reject) => {
        signal.addEventListener('abort', () => reject(new ApiError('cancelled', '')));
        uploads.push({
          body,
          progress,
          cancelled: () => signal.aborted,
          async end(how) {
            if (how === 'ok') resolve({ sha256: 'hash', size: body.size, mime: 'text/plain' });
            else reject(new ApiError(how, `refused: ${how}`));
            // The answer and what follows from it have been worked off; a file is read in between.
            for (let i = 0; i < 20; i++) await new Promise((done) => setImmediate(done));
          },
        });
      }),
  });
  const add = (id: string, changes: Partial<OutgoingFile> = {}, blob = new Blob(['0123456789'])): void => {
    sender.hold(id, blob);
    const file: OutgoingFile = {
      ...{ id, conversation: '#general', name: `${id}.txt`, size: blob.size, mime: 'text/plain', order, done: 0 },
      ...{ phase: 'queued', looks: {}, personal: 'none', keepsPersonal: false, ...changes },
    };
    store.dispatch({ type: 'outgoing', change: { kind: 'add', files: [file] } });
  };
  const phases = (): string[] => store.get().outgoing.map(({ id, phase }) => `${id} ${phase}`);
  return { store, sender, uploads, posts, later, clock, add, phases };
}

describe('a file', () => {
  test('is a message of the outbox once its bytes are there, and gone from here', async () => {
    const { add, uploads, posts, store } = setUp();
    add('a', { looks: { width: 3, height: 2 }, order: { ...order, group: 'g', replyTo: 'e' } });
    expect(wouldLoseFiles(store.get())).toBe(true);
    await uploads[0]?.end('ok');
    expect(posts).toEqual([
      [
        'a',
        { ...order, group: 'g', replyTo: 'e' },
        { sha256: 'hash', name: 'a.txt', mime: 'text/plain', looks: { width: 3, height: 2, group: 'g' } },
      ],
    ]);
    expect(wouldLoseFiles(store.get())).toBe(false);
  });

  test('goes without what it tells of places, unless the sender says otherwise', async () => {
    const { add, sender, store, uploads } = setUp();
    for (const id of ['a', 'b']) {
      add(id, { phase: 'reading', keepsPersonal: id === 'b' });
      sender.holdCleaned(id, [{ from: 0, to: 2 }, new Uint8Array([65]), { from: 8, to: 10 }]);
      store.dispatch({ type: 'outgoing', change: { kind: 'read', id, looks: {}, personal: 'place' } });
    }
    expect(await Promise.all(uploads.map(({ body }) => body.text()))).toEqual(['01A89', '0123456789']);
  });

  test('waits for the daemon, and goes again by itself when it may be there', async () => {
    const { add, uploads, later, phases, posts } = setUp();
    add('a');
    await uploads[0]?.end('daemon_unreachable');
    expect(phases()).toEqual(['a waiting']);
    later[0]?.();
    expect(uploads).toHaveLength(2);
    await uploads[1]?.end('storage_full');
    expect(phases()).toEqual(['a waiting']);
    later[1]?.();
    await uploads[2]?.end('ok');
    expect(posts).toHaveLength(1);
  });

  test('is not begun while there is no connection, and begun when there is', () => {
    const { add, store, uploads } = setUp();
    store.dispatch({ type: 'connection', connection: { phase: 'connecting' } });
    add('a');
    expect(uploads).toHaveLength(0);
    store.dispatch({ type: 'snapshot', snapshot: snapshot(), at: 0 });
    expect(uploads).toHaveLength(1);
  });

  test('that the daemon refuses is for the person to decide', async () => {
    const { add, store, uploads, phases } = setUp();
    add('a');
    await uploads[0]?.end('file_too_large');
    expect(phases()).toEqual(['a failed']);
    expect(store.get().outgoing[0]?.problem).toMatch(/./);
    store.dispatch({ type: 'outgoing', change: { kind: 'phase', id: 'a', phase: 'queued' } });
    expect(uploads).toHaveLength(2);
  });

  test('that changed on the disk meanwhile is said to be so: the browser only says that sending failed', async () => {
    const { add, store, uploads } = setUp();
    class Gone extends Blob {
      override slice(): Blob {
        return Object.assign(new Blob(), { arrayBuffer: () => Promise.reject(new Error('NotReadableError')) });
      }
    }
    add('a', {}, new Gone(['x']));
    await uploads[0]?.end('daemon_unreachable');
    expect(store.get().outgoing[0]).toMatchObject({ phase: 'failed', problem: en['sending.unreadable'] });
  });

  test('that is cancelled stops, and the next goes', async () => {
    const { add, store, uploads, phases } = setUp();
    const together = { order: { ...order, group: 'g' } };
    add('a', together);
    add('b', together);
    expect(phases()).toEqual(['a uploading', 'b queued']);
    store.dispatch({ type: 'outgoing', change: { kind: 'remove', id: 'a' } });
    expect(uploads[0]?.cancelled()).toBe(true);
    await uploads[0]?.end('cancelled');
    expect(phases()).toEqual(['b uploading']);
  });

  test('whose last byte comes as it is cancelled is not posted', async () => {
    const { add, store, uploads, posts } = setUp();
    add('a');
    const ended = uploads[0]?.end('ok');
    store.dispatch({ type: 'outgoing', change: { kind: 'remove', id: 'a' } });
    await ended;
    expect(posts).toEqual([]);
  });

  test('is given up when somebody else signs in', () => {
    const { add, store, uploads } = setUp();
    add('a');
    store.dispatch({ type: 'session/signed_out', view: { signedIn: false } as never });
    expect(uploads[0]?.cancelled()).toBe(true);
  });

  test('tells how far it is, a few times a second', () => {
    const { add, clock, store, uploads } = setUp();
    const seen: number[] = [];
    add('a');
    store.subscribe(() => void seen.push(store.get().outgoing[0]?.done ?? -1));
    for (let i = 1; i <= 10; i++) {
      clock.now += 100;
      uploads[0]?.progress(i);
    }
    expect(seen).toEqual([3, 6, 9]);
    expect(store.get().outgoing[0]?.speed).toBeCloseTo(10, 5);
  });
});
