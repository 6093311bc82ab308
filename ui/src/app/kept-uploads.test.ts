/** Files on their way, over a reload: what goes on by itself, what the person has to do, and to which window they belong. */
import { describe, expect, test } from '@jest/globals';
import type { FileHandle } from '../files/handles.js';
import type { OutgoingFile } from '../files/outgoing.js';
import type { UploadProgress } from '../../../protocol/local-api.js';
import type { KeptFile } from '../net/kept-files.js';
import { createStore } from '../state/store.js';
import { signedIn, snapshot } from '../state/test-samples.js';
import { KeptUploads } from './kept-uploads.js';

const MIB = 1024 * 1024;

/** What all windows of a browser share. */
class Browser {
  readonly files = new Map<string, KeptFile>();
  readonly dropped: string[] = [];
  readonly posted: string[] = [];
  /** At the daemon, of each file. */
  there: UploadProgress = { received: 7 };
  readonly #held = new Map<string, Promise<unknown>>();

  window() {
    const store = createStore(signedIn());
    store.dispatch({ type: 'snapshot', snapshot: snapshot(), at: 0 });
    const held = new Map<string, Blob>();
    const kept = new KeptUploads({
      now: () => 0,
      store,
      files: {
        put: async (file) => this.files.set(file.id, file).has(file.id),
        get: async (id) => this.files.get(id),
        all: async (username) => [...this.files.values()].filter((file) => file.username === username),
        remove: async (id) => void this.files.delete(id),
      },
      door: { progress: async () => this.there, drop: async (id) => void this.dropped.push(id) },
      uploads: () => ({
        hold: (id, file) => void held.set(id, file),
        holdCleaned: () => undefined,
        post: ({ id }, sha256) => {
          this.posted.push(`${id} ${sha256}`);
          store.dispatch({ type: 'outgoing', change: { kind: 'remove', id } });
        },
      }),
      locks: { request: (name: string, work: () => unknown) => this.#lock(name, work) } as never,
    });
    const send = async (id: string, chosen: File): Promise<void> => {
      const order = { conversation: '#general', message: '' };
      const file: OutgoingFile = {
        ...{ id, conversation: '#general', name: chosen.name, size: chosen.size, mime: 'text/plain', order, done: 0 },
        ...{ phase: 'queued', looks: {}, personal: 'none', keepsPersonal: false },
      };
      store.dispatch({ type: 'outgoing', change: { kind: 'add', files: [file] } });
      await kept.keep(file, chosen, chosen);
    };
    const seen = (): unknown[] =>
      store.get().outgoing.map(({ id, phase, regain, done, kept: lasts }) => ({ id, phase, regain, done, lasts }));
    return { store, kept, held, send, seen };
  }

  async #lock(name: string, work: () => unknown): Promise<void> {
    const before = this.#held.get(name);
    const done = Promise.resolve(before).then(work);
    this.#held.set(name, done);
    await done;
  }
}

const settled = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 5));
const small = new File(['0123456789'], 'small.txt', { lastModified: 5 });
const large = new File([new Uint8Array(17 * MIB)], 'large.bin', { lastModified: 5 });

/** A window that is gone lets go of nothing by itself here: each test begins with what a page before it has kept. */
function left(chosen: File, more: Partial<KeptFile> = {}): Browser {
  const browser = new Browser();
  const file: OutgoingFile = {
    ...{ id: 'a', conversation: '#general', name: chosen.name, size: chosen.size, mime: 'text/plain', done: 3 },
    ...{ order: { conversation: '#general', message: 'look' }, phase: 'queued', looks: {} },
    ...{ personal: 'none', keepsPersonal: false },
  };
  browser.files.set('a', { id: 'a', username: 'alice', at: 1, file, lastModified: chosen.lastModified, ...more });
  return browser;
}
const handle = (state: PermissionState, file: File = large): FileHandle => ({
  getFile: async () => file,
  queryPermission: async () => state,
  requestPermission: async () => 'granted',
});

describe('what is on its way', () => {
  test('outlasts the page where it is small, and is forgotten once it is gone from here', async () => {
    const browser = new Browser();
    const { send, seen, store } = browser.window();
    await send('a', small);
    await send('b', large);
    expect(seen()).toMatchObject([
      { id: 'a', lasts: true },
      { id: 'b', lasts: undefined },
    ]);
    expect([...browser.files.values()].map(({ body }) => body?.size)).toEqual([10, undefined]);
    for (const id of ['a', 'b']) store.dispatch({ type: 'outgoing', change: { kind: 'remove', id } });
    expect([[...browser.files.keys()], browser.dropped]).toEqual([[], ['a', 'b']]);
  });

  test('belongs to one window at a time', async () => {
    const browser = new Browser();
    const [one, other] = [browser.window(), browser.window()];
    await one.send('a', small);
    await other.kept.restore('alice');
    await settled();
    expect(other.seen()).toEqual([]);
    one.store.dispatch({ type: 'outgoing', change: { kind: 'remove', id: 'a' } });
    await settled();
    expect([other.seen(), browser.files.size]).toEqual([[], 0]);
  });
});

describe('after a reload', () => {
  test('a small one goes on by itself', async () => {
    const { kept, seen, held } = left(small, { body: small }).window();
    await kept.restore('alice');
    await settled();
    expect(seen()).toMatchObject([{ id: 'a', phase: 'queued', lasts: true, done: 0 }]);
    expect(held.get('a')?.size).toBe(10);
  });

  test('one that the browser may still read goes on by itself', async () => {
    const { kept, seen, held } = left(large, { handle: handle('granted') }).window();
    await kept.restore('alice');
    await settled();
    expect([seen(), held.get('a')]).toMatchObject([[{ id: 'a', phase: 'queued' }], large]);
  });

  test('one that it asks for goes on when the person lets it', async () => {
    const { kept, seen } = left(large, { handle: handle('prompt') }).window();
    await kept.restore('alice');
    await settled();
    expect(seen()).toMatchObject([{ id: 'a', phase: 'lost', regain: 'allow', done: 7 }]);
    await kept.allow('a');
    expect(seen()).toMatchObject([{ id: 'a', phase: 'queued' }]);
  });

  test('one that has changed since is to be chosen again', async () => {
    const changed = new File(['other'], 'large.bin', { lastModified: 6 });
    const { kept, seen } = left(large, { handle: handle('granted', changed) }).window();
    await kept.restore('alice');
    await settled();
    expect(seen()).toMatchObject([{ id: 'a', phase: 'lost', regain: 'choose' }]);
  });

  test('one that it has let go of is chosen again; another file is not taken for it', async () => {
    const { kept, seen, held } = left(large).window();
    await kept.restore('alice');
    await settled();
    expect(seen()).toMatchObject([{ id: 'a', phase: 'lost', regain: 'choose', done: 7 }]);
    for (const other of [small, new File([large], 'large.bin', { lastModified: 9 })])
      expect(await kept.choose('a', other)).toBe(false);
    expect(held.size).toBe(0);
    expect(await kept.choose('a', large)).toBe(true);
    expect([seen(), held.get('a')]).toMatchObject([[{ id: 'a', phase: 'queued' }], large]);
  });

  test('one that was at the daemon as the page went is posted, and asked for by nobody', async () => {
    for (const more of [{}, { handle: handle('prompt') }]) {
      const browser = left(large, more);
      browser.there = { received: large.size, sha256: 'hash', size: large.size, mime: 'text/plain' };
      const { kept, seen } = browser.window();
      await kept.restore('alice');
      await settled();
      expect([browser.posted, seen(), browser.files.size]).toEqual([['a hash'], [], 0]);
    }
  });

  test('nothing of somebody else is taken up', async () => {
    const { kept, seen } = left(small, { body: small, username: 'mallory' }).window();
    await kept.restore('alice');
    await settled();
    expect(seen()).toEqual([]);
  });
});
