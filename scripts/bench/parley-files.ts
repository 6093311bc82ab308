/** Peers that give each other a file: real ones, started as anybody starts them, on one machine. */
import type { Daemon, PeerReady } from '../daemon/daemon.js';
import { FileDoor } from '../fault/file-door.js';
import { Window } from '../fault/window.js';
import { startPeer, startTracker } from './parley-daemons.js';

export interface FilePeer {
  readonly daemon: Daemon<PeerReady>;
  readonly window: Window;
  readonly door: FileDoor;
}

export class FilePeers {
  readonly #daemons: Daemon<unknown>[] = [];
  readonly #peers = new Map<string, FilePeer>();

  /** A tracker, and peers of those names that are all linked. */
  static async open(folder: string, names: readonly string[]): Promise<FilePeers> {
    const all = new FilePeers();
    try {
      const tracker = await startTracker(folder);
      all.#daemons.unshift(tracker);
      for (const name of names) await all.#add(name, await startPeer(folder, tracker.ready.url, name));
      for (const [name, { window }] of all.#peers) {
        const others = names.filter((other) => other !== name);
        await window.until(() => others.every((other) => window.linkedTo(other)), `the links of ${name}`);
      }
      return all;
    } catch (error) {
      await all.close();
      throw error;
    }
  }

  get(name: string): FilePeer {
    const peer = this.#peers.get(name);
    if (!peer) throw new Error(`bug: there is no peer ${name}`);
    return peer;
  }

  async close(): Promise<void> {
    for (const { window } of this.#peers.values()) window.close();
    for (const daemon of this.#daemons) await daemon.stop();
  }

  async #add(name: string, daemon: Daemon<PeerReady>): Promise<void> {
    this.#daemons.unshift(daemon);
    const window = await Window.open(daemon.ready);
    this.#peers.set(name, { daemon, window, door: new FileDoor(window, daemon.ready.ui) });
  }
}
