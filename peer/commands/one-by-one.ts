/** Commands about one thing, one after the other. */
import type { PeerServices } from '../services.js';

/** The last of those under way by what they are about; of each peer its own. */
const underWay = new WeakMap<PeerServices, Map<string, Promise<unknown>>>();

/**
 * For what looks how things stand before it writes: an entry stands only once it is durable, so that of two at once (a second
 * click, another door) both would be written, and one that takes back what was asked for just before would find nothing to take
 * back. Whoever is alone begins at once, before this returns. `thing`: what must not be under way meanwhile.
 */
export function oneByOne<T>(services: PeerServices, thing: string, work: () => Promise<T>): Promise<T> {
  const things = underWay.get(services) ?? new Map<string, Promise<unknown>>();
  underWay.set(services, things);
  const before = things.get(thing);
  const done = before === undefined ? work() : before.then(work, work);
  things.set(thing, done);
  const over = (): void => {
    if (things.get(thing) === done) things.delete(thing);
  };
  done.then(over, over);
  return done;
}
