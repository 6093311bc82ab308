import { PERMANENT_CHANNELS } from '../../protocol/limits.js';
import type { ChannelView } from '../../protocol/local-api.js';
import type { ChannelRecord } from '../../protocol/tracker-api.js';
import type { DirectoryOptions, KnownPeople } from './directory-options.js';
import { cleanLine } from '../../protocol/plain-text.js';

/** More are not shown: a tracker cannot fill the memory. */
const CHANNELS_MAX = 20_000;

/**
 * The channels of the tracker, and those that the user is in, which count by what this peer says: it joins and leaves
 * while the tracker is away. A channel never goes from the list, since no event takes it out of a browser's.
 */
export class ChannelList {
  readonly #views = new Map<string, ChannelView>();
  /** What the tracker says, or this user alone. */
  readonly #records = new Map<string, Omit<ChannelRecord, 'joined'>>();
  readonly #changed: (view: ChannelView) => void;
  readonly #topic: (name: string) => string | undefined;
  readonly #word: NonNullable<DirectoryOptions['word']>;
  readonly #hidden: (name: string) => number;
  readonly #known: (name: string) => number;
  /** The tracker has not told of these since the start. */
  readonly #untold = new Set<string>();
  #joined: ReadonlySet<string>;

  constructor({ joined, topic, word, hidden, known, events }: DirectoryOptions, people: KnownPeople) {
    this.#topic = topic ?? (() => undefined);
    this.#word = word ?? (() => undefined);
    this.#hidden = (name) => hidden?.(name, people) ?? 0;
    this.#known = (name) => known?.(name, people) ?? 1;
    this.#changed = () => undefined;
    this.#joined = new Set([...PERMANENT_CHANNELS, ...joined]);
    for (const name of this.#joined) this.#own(name);
    this.#changed = (view) => events.channel(view);
  }

  list(): ChannelView[] {
    return [...this.#views.values()];
  }

  setJoined(joined: Iterable<string>): void {
    this.#joined = new Set([...PERMANENT_CHANNELS, ...joined]);
    for (const name of this.#joined) this.#own(name);
    this.changed();
  }

  /** Its topic, or who of its members is shown, is another one; without a name: of all. */
  changed(name?: string): void {
    if (name === undefined) for (const record of this.#records.values()) this.#put(record);
    const record = this.#records.get(name ?? '');
    if (record) this.#put(record);
  }

  heard(record: ChannelRecord): void {
    this.#untold.delete(record.name);
    this.#put({ ...record, topic: cleanLine(record.topic) });
  }

  /** Until the tracker tells of it, its members are those known here, at least the user. */
  #own(name: string): void {
    if (this.#views.has(name)) return;
    this.#untold.add(name);
    this.#put({ name, topic: '', members: 1 });
  }

  #put({ name, topic: told, members }: Omit<ChannelRecord, 'joined'>): void {
    const all = this.#untold.has(name) ? Math.max(1, this.#known(name)) : members;
    const before = this.#views.get(name);
    if (!before && this.#views.size >= CHANNELS_MAX) return;
    this.#records.set(name, { name, topic: told, members: all });
    const joined = this.#joined.has(name);
    const topic = (joined ? this.#topic(name) : undefined) ?? told;
    const { title = name, state = 'used' } = this.#word(name) ?? {};
    // The user is a member themself, whatever the tracker has not heard yet; of what is deleted nobody is.
    const shown = Math.max(joined ? Math.min(all, 1) : 0, all - this.#hidden(name));
    const view: ChannelView = {
      ...{ name, topic, members: state === 'deleted' ? 0 : shown, joined },
      ...(title !== name && { title }),
      ...(state !== 'used' && { state }),
    };
    if (before && isSame(before, view)) return;
    this.#views.set(name, view);
    this.#changed(view);
  }
}

function isSame(a: ChannelView, b: ChannelView): boolean {
  const isDrawnSo = a.topic === b.topic && a.title === b.title && a.state === b.state;
  return isDrawnSo && a.members === b.members && a.joined === b.joined;
}
