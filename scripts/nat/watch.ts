/** How each of two sees the other, from one moment to the next: when they were linked, when directly, and how often that was lost. */
import type { PersonView } from '../../protocol/local-api.js';
import type { Frame, Window } from '../fault/window.js';

/** How one sees the other. Milliseconds of `performance.now()`. */
interface Sight {
  linkedAt?: number;
  directAt?: number;
  path: PersonView['path'];
  /** A link was there, and then none. */
  losses: number;
  /** From direct to relayed, or to nothing. */
  setbacks: number;
  /** Direct links that took the place of relayed ones. */
  upgrades: number;
}

export interface Seen {
  /** From when both were there, on both sides. Undefined: never. */
  readonly linkedMs: number | undefined;
  readonly directMs: number | undefined;
  /** Of now; undefined where the two do not see the same. */
  readonly path: PersonView['path'];
  readonly losses: number;
  readonly setbacks: number;
  readonly upgrades: number;
}

export class Watch {
  private readonly sights = new Map<string, Sight>();
  private readonly since = new Map<string, number>();
  private readonly changed = new Set<() => void>();

  /** From now on this one is there. */
  add(name: string, window: Window): void {
    this.since.set(name, performance.now());
    for (const person of window.snapshot.people) this.take(name, person);
    window.onFrame((frame: Frame) => {
      if (frame.type !== 'person') return;
      this.take(name, frame.person);
      for (const look of [...this.changed]) look();
    });
  }

  pair(a: string, b: string): Seen {
    const both = [this.sight(a, b), this.sight(b, a)] as const;
    const base = Math.max(this.since.get(a) ?? 0, this.since.get(b) ?? 0);
    const later = (one?: number, other?: number): number | undefined =>
      one === undefined || other === undefined ? undefined : Math.max(0, Math.max(one, other) - base);
    const most = (key: 'losses' | 'setbacks' | 'upgrades'): number => Math.max(both[0][key], both[1][key]);
    return {
      linkedMs: later(both[0].linkedAt, both[1].linkedAt),
      directMs: later(both[0].directAt, both[1].directAt),
      path: both[0].path === both[1].path ? both[0].path : undefined,
      losses: most('losses'),
      setbacks: most('setbacks'),
      upgrades: most('upgrades'),
    };
  }

  /** Resolves once this holds, looked at after each change, or after so long. @returns whether it holds */
  async until(holds: () => boolean, withinMs: number): Promise<boolean> {
    if (holds()) return true;
    return new Promise((resolve) => {
      const end = (result: boolean): void => {
        clearTimeout(timer);
        this.changed.delete(look);
        resolve(result);
      };
      const look = (): void => {
        if (holds()) end(true);
      };
      const timer = setTimeout(() => end(holds()), withinMs);
      this.changed.add(look);
    });
  }

  private sight(by: string, of: string): Sight {
    const key = `${by} ${of}`;
    const known = this.sights.get(key);
    if (known) return known;
    const sight: Sight = { path: undefined, losses: 0, setbacks: 0, upgrades: 0 };
    this.sights.set(key, sight);
    return sight;
  }

  private take(by: string, { username, link, path }: PersonView): void {
    const sight = this.sight(by, username);
    const now = performance.now();
    const current = link === 'linked' ? (path ?? 'direct') : undefined;
    const before = sight.path;
    if (current === before) return;
    sight.path = current;
    if (current !== undefined) sight.linkedAt ??= now;
    if (current === 'direct') sight.directAt ??= now;
    if (before !== undefined && current === undefined) sight.losses += 1;
    if (before === 'direct') sight.setbacks += 1;
    if (before === 'relayed' && current === 'direct') sight.upgrades += 1;
  }
}
