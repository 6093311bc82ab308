/** Real trackers and peers in this process, on free ports and in folders of their own: whole but for the browser's door. */
import { join } from 'node:path';
import type { ConversationId, Username } from '../../protocol/ids.js';
import type { PeerConfig } from '../../peer/config.js';
import { Peer } from '../../peer/peer.js';
import type { PeerEvents } from '../../peer/services.js';
import type { TrackerConfig } from '../../tracker/config.js';
import { startTracker, type Tracker } from '../../tracker/main.js';
import { copyTracker } from '../../tracker/testing/copied.js';
import { TempDir } from './temp-dir.js';

const quiet = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} };
export const PASSWORD = 'correct horse';

export class InProcess {
  readonly #folder: TempDir;
  readonly #undo: (() => Promise<void>)[] = [];

  private constructor(folder: TempDir) {
    this.#folder = folder;
  }

  static async create(): Promise<InProcess> {
    return new InProcess(new TempDir());
  }

  path(name: string): string {
    return join(this.#folder.path, name);
  }

  /** `copyOf`: begins with what another tracker, stopped or not, has on its disk. */
  async tracker(
    name = 'tracker',
    {
      port = 0,
      copyOf,
      ...more
    }: { port?: number; copyOf?: string } & Pick<
      Partial<TrackerConfig>,
      'guests' | 'limits' | 'registration' | 'trustedProxies'
    > = {},
  ): Promise<Tracker> {
    if (copyOf !== undefined) await copyTracker(this.path(copyOf), this.path(name));
    const tracker = await startTracker({ host: '127.0.0.1', port, dataDir: this.path(name), ...more }, quiet);
    this.#undo.push(() => tracker.close());
    return tracker;
  }

  /** Started, and signed in where there is a tracker. `folder`: whose data, when it is not a first device. */
  async peer(
    name: string,
    trackers: readonly string[],
    more: Partial<PeerConfig> & { folder?: string } = {},
  ): Promise<Peer> {
    const { folder = name, ...config } = more;
    const peer = await Peer.open(
      {
        username: name as Username,
        trackers,
        host: '127.0.0.1',
        peerPort: 0,
        uiHost: '127.0.0.1',
        uiPort: undefined,
        uiDir: '',
        dataDir: this.path(folder),
        password: undefined,
        register: false,
        allowedHosts: [],
        trackerCa: undefined,
        keylog: undefined,
        lan: false,
        ...config,
      },
      quiet,
    );
    this.#undo.push(() => peer.close());
    await peer.listen();
    peer.connect();
    return peer;
  }

  /** A peer of an account that is made for it, or, with `folder`, of one that exists. */
  async signedIn(
    name: string,
    trackers: readonly string[],
    more: Partial<PeerConfig> & { folder?: string } = {},
  ): Promise<Peer> {
    const peer = await this.peer(name, trackers, more);
    await peer.services.account.login(PASSWORD, more.folder === undefined);
    return peer;
  }

  async close(): Promise<void> {
    for (const undo of this.#undo.splice(0).reverse()) await undo();
    await this.#folder.remove();
  }
}

/** Resolves once it holds; looked at now and after every event of the peer. */
export function until(peer: Peer, holds: () => boolean): Promise<void> {
  const { events } = peer.services;
  const names: (keyof PeerEvents)[] = [
    'entries',
    'receipts',
    'person',
    'channel',
    'conversation',
    'conversation_removed',
    'tracker',
    'notice',
    'notice_removed',
    'preferences',
    'typing',
    'file',
  ];
  return new Promise((resolve) => {
    const look = (): void => {
      if (!holds()) return;
      for (const name of names) events.off(name, look);
      resolve();
    };
    for (const name of names) events.on(name, look);
    look();
  });
}

export const linkedWith =
  (peer: Peer, name: string): (() => boolean) =>
  () =>
    peer.services.people.list().some(({ username, link }) => username === name && link === 'linked');

export const linked = (peer: Peer, name: string): Promise<void> => until(peer, linkedWith(peer, name));

export const post = (peer: Peer, conversation: ConversationId, message: string) =>
  peer.services.writer.append({ conversation, kind: 'text', message, data: {} });

/** Whether it is among the latest messages there. */
export const has = (peer: Peer, conversation: ConversationId, message: string): boolean =>
  peer.services.history.page(conversation, undefined, 50).entries.some((entry) => entry.message === message);
