/** How this peer stands to the others, for the settings. */
import type { PersonView } from '../../../protocol/local-api.js';

export interface Links {
  /** Those of whom there is something to say: first who is being linked, then who is not, then who is. */
  readonly shown: readonly PersonView[];
  readonly linked: number;
  /** Of these, over a relay. */
  readonly relayed: number;
  /** How many more there are, all offline. */
  readonly offline: number;
}

const order = { connecting: 0, none: 1, linked: 2, self: 3 } as const;

/** `max`: how many are shown. Who is offline is not, beyond those few. */
export function linksOf(people: readonly PersonView[], max: number): Links {
  const others = people.filter(({ link }) => link !== 'self');
  const rank = ({ link, presence }: PersonView): number => order[link] + (presence === 'offline' ? 10 : 0);
  const sorted = [...others].sort((a, b) => rank(a) - rank(b) || a.username.localeCompare(b.username));
  const shown = sorted.slice(0, max);
  return {
    shown,
    linked: others.filter(({ link }) => link === 'linked').length,
    relayed: others.filter(({ link, path }) => link === 'linked' && path === 'relayed').length,
    offline: others.length - shown.length,
  };
}
