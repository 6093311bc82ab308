/** The trackers that stand for one another: those that the user gave, and those that one of them has named (SPEC.md section 2). */
import { bug } from '../../protocol/errors.js';
import { TRACKERS_MAX } from '../../protocol/limits.js';
import { parseUrl, type TrackerClientOptions } from './options.js';

/** A tracker that named others with each snapshot would fill the memory otherwise. */
const LIST_MAX = 32;

/**
 * The order that a tracker names is the order of all its peers: trackers with copies of one data directory do not share who is
 * online, so that peers which began at different ones would not see each other.
 *
 * An address is only a place to look: whoever is there has to show the pinned CA before it is told or believed anything. That keeps out
 * other trackers, but not who passes on what the right one answers: for that there is https.
 */
export class TrackerList {
  readonly #given: ReadonlySet<string>;
  readonly #kept: TrackerClientOptions['learned'];
  /** As the tracker has named them, then others of the user. What is learned now is added at the end: an index stays what it is. */
  readonly #urls: URL[];

  /** @throws ParleyError `bad_request` for an address of the user that is none */
  constructor({ urls, learned }: Pick<TrackerClientOptions, 'urls' | 'learned'>) {
    this.#given = new Set(urls.map((url) => parseUrl(url).href));
    this.#kept = learned;
    this.#urls = [...new Set([...this.#learned(), ...this.#given])].map(parseUrl);
  }

  get all(): readonly URL[] {
    return this.#urls;
  }

  hrefs(): string[] {
    return this.#urls.map(({ href }) => href);
  }

  at(index: number): URL {
    const url = this.#urls[index];
    if (!url) throw bug(`there is no tracker ${index}`);
    return url;
  }

  isGiven({ href }: URL): boolean {
    return this.#given.has(href);
  }

  /** @param named by a tracker; undefined: nothing was said */
  learn(named: readonly string[] | undefined): void {
    if (named === undefined || !this.#kept) return;
    const hrefs = this.#usable(named);
    if (hrefs.join() !== this.#learned().join()) this.#kept.set(hrefs);
    const known = new Set(this.hrefs());
    for (const href of hrefs) if (!known.has(href) && this.#urls.length < LIST_MAX) this.#urls.push(parseUrl(href));
  }

  #learned(): string[] {
    return this.#usable(this.#kept?.get() ?? []);
  }

  #usable(texts: readonly string[]): string[] {
    const hrefs = texts.flatMap((text) => {
      try {
        return [parseUrl(text).href];
      } catch {
        return []; // Edited by hand, or of a later version: what cannot be used is left out.
      }
    });
    return [...new Set(hrefs)].slice(0, TRACKERS_MAX);
  }
}
