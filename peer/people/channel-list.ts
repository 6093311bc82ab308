import { PERMANENT_CHANNELS } from '../../protocol/limits.js';
import type { ChannelView } from '../../protocol/local-api.js';
import type { ChannelRecord } from '../../protocol/tracker-api.js';

/** More are not shown: a tracker cannot fill the memory. */
const CHANNELS_MAX = 20_000;

/**
 * The channels of the tracker, and those that the user is in, which count by what this peer says: it joins and leaves
 * while the tracker is away. A channel never goes from the list, since no event takes it out of a browser's.
 */
export class ChannelList {
  readonly #views = new Map<string, ChannelView>();
  readonly #changed: (view: ChannelView) => void;
  #joined: ReadonlySet<string>;

  constructor(joined: Iterable<string>, changed: (view: ChannelView) => void) {
    this.#changed = () => undefined;
    this.#joined = new Set([...PERMANENT_CHANNELS, ...joined]);
    for (const name of this.#joined) this.#own(name);
    this.#changed = changed;
  }

  list(): ChannelView[] {
    return [...this.#views.values()];
  }

  setJoined(joined: Iterable<string>): void {
    this.#joined = new Set([...PERMANENT_CHANNELS, ...joined]);
    for (const name of this.#joined) this.#own(name);
    for (const view of this.list()) this.#put(view);
  }

  heard(record: ChannelRecord): void {
    this.#put(record);
  }

  /** Before the tracker knows of it, the user is its one known member. */
  #own(name: string): void {
    if (!this.#views.has(name)) this.#put({ name, topic: '', members: 1, joined: true });
  }

  #put({ name, topic, members }: ChannelRecord): void {
    const before = this.#views.get(name);
    if (!before && this.#views.size >= CHANNELS_MAX) return;
    const view: ChannelView = { name, topic, members, joined: this.#joined.has(name) };
    if (before?.topic === topic && before.members === members && before.joined === view.joined) return;
    this.#views.set(name, view);
    this.#changed(view);
  }
}
