import { useMemo } from 'preact/hooks';
import { useApp, useDaemon } from '../../app/use-app.js';
import { sameName } from '../../state/entries.js';

/** More names than these are counted, not listed. */
const NAMES_SHOWN = 12;

export interface Names {
  /** What a user is called; `you` for the one who reads. */
  nameOf(user: string): string;
  /** "bob, carol and you" */
  listed(users: readonly string[]): string;
}

export function useNames(): Names {
  const { t, formats } = useApp();
  const people = useDaemon((daemon) => daemon.people);
  const self = useDaemon((daemon) => daemon.me.username);
  return useMemo(() => {
    const nameOf = (user: string): string => {
      const key = user.toLowerCase();
      // `constructor` is a name that somebody may have.
      const person = Object.hasOwn(people, key) ? people[key] : undefined;
      return sameName(user, self) ? t('message.you') : (person?.name ?? person?.username ?? user);
    };
    const listed = (users: readonly string[]): string => {
      const rest = users.length - NAMES_SHOWN;
      const names = users.slice(0, NAMES_SHOWN).map(nameOf);
      return formats.list(rest > 0 ? [...names, t('mark.more', { count: rest })] : names);
    };
    return { nameOf, listed };
  }, [t, formats, people, self]);
}
