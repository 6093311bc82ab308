/** Users who write into one channel, each with a real peer and a window on it; and the judgement that all show every text once. */
import { setTimeout as pause } from 'node:timers/promises';
import { expect } from '@jest/globals';
import type { EntryView } from '../../protocol/local-api.js';
import type { Fleet, PeerOptions } from '../../scripts/fault/fleet.js';
import { Window, windowOf } from '../../scripts/fault/window.js';

const GENERAL = '#general';
/** For machines that are slow and have other work. */
const WITHIN_MS = 120_000;

export class Conversing {
  private readonly windows = new Map<string, Window>();
  private readonly written = new Set<string>();

  constructor(readonly fleet: Fleet) {}

  /** The window of now: another one after each start. */
  at(name: string): Window {
    return windowOf(this.windows, name);
  }

  device(name: string): string {
    return this.at(name).snapshot.me.device;
  }

  async add(name: string, options?: PeerOptions): Promise<void> {
    this.windows.set(name, await Window.open((await this.fleet.addPeer(name, options)).ready));
  }

  async start(name: string): Promise<void> {
    await this.fleet.peer(name).start();
    this.windows.set(name, await Window.open(this.fleet.peer(name).ready));
  }

  async stop(name: string): Promise<void> {
    this.at(name).close();
    await this.fleet.peer(name).stop();
  }

  /** As a power cut would. */
  async kill9(name: string): Promise<void> {
    this.at(name).close();
    await this.fleet.peer(name).kill9();
  }

  /** As the composer does: with a mark, again after a cut. @returns the entry's id */
  async post(name: string, text: string, extra: object = {}): Promise<string> {
    const post = { conversation: GENERAL, message: text, client: `${name} ${text}`, ...extra };
    for (;;) {
      const window = this.at(name);
      const more = window.next();
      const result = await window.command('message.post', post);
      if (result?.ok === true) {
        this.written.add(text);
        return (result['entry'] as { id: string }).id;
      }
      // Cut while it starts anew, or its last messages are on their way back.
      if (result === undefined) await this.reopen(name);
      else if (result.code === 'recovering') await more;
      else throw new Error(`${name} could not post: ${JSON.stringify(result)}`);
    }
  }

  /**
   * Looks again after each event of any window, until all show the same, and every text once.
   * @param twice two devices wrote under one key: one of both parts may be there twice (docs/decisions/restored-backup.md)
   */
  async agree({ twice = false } = {}): Promise<void> {
    const over = pause(WITHIN_MS, 'over' as const, { ref: false });
    const wanted = [...this.written].sort();
    for (;;) {
      for (const [name, { open }] of this.windows) if (!open) await this.reopen(name);
      const more = Promise.race([...this.windows.values()].map((window) => window.next()));
      const shown = await Promise.all([...this.windows.keys()].map((name) => this.texts(name)));
      const [first = []] = shown;
      const same = shown.every((texts) => texts.join('\n') === first.join('\n'));
      const held = (twice ? [...new Set(first)] : [...first]).sort();
      if (same && held.join('\n') === wanted.join('\n')) return;
      if ((await Promise.race([more, over])) !== 'over') continue;
      expect({ held, same, shown }).toEqual({ held: wanted, same: true, shown });
    }
  }

  /** What one of them shows, looked at again after each event until it holds, or for too long. */
  async once(name: string, holds: (entries: readonly EntryView[]) => boolean): Promise<readonly EntryView[]> {
    const over = pause(WITHIN_MS, 'over' as const, { ref: false });
    for (;;) {
      if (!this.at(name).open) await this.reopen(name);
      const more = this.at(name).next();
      const entries = await this.history(name);
      if (holds(entries) || (await Promise.race([more, over])) === 'over') return entries;
    }
  }

  /** Closes the windows and stops all; nobody may have fallen over. */
  async close(logs: string): Promise<void> {
    for (const window of this.windows.values()) window.close();
    await this.fleet.close(logs);
    for (const { log } of this.fleet.peers.values()) {
      expect(log.filter((line) => /Node\.js v\d|bug:/.test(line))).toEqual([]);
    }
  }

  private async reopen(name: string): Promise<void> {
    this.windows.set(name, await Window.again(this.at(name), WITHIN_MS));
  }

  /** Nothing while the peer starts anew, which cuts its window as well: whoever looks, looks again. */
  private async history(name: string): Promise<readonly EntryView[]> {
    const window = this.at(name);
    try {
      return await window.history(GENERAL);
    } catch (error) {
      // What `fetch` says of a connection that is cut or refused; its TypeError is not that of the tests' realm.
      if ((error as Partial<Error>).name !== 'TypeError') throw error;
      await window.closed;
      return [];
    }
  }

  private async texts(name: string): Promise<string[]> {
    const entries = await this.history(name);
    return entries.filter(({ kind, deleted }) => kind === 'text' && !deleted).map(({ message }) => message);
  }
}
