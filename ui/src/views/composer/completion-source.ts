import { useMemo } from 'preact/hooks';
import type { PersonView } from '../../../../protocol/local-api.js';
import { withFound } from '../../app/found-people.js';
import { emojiNow } from '../../app/composer-emoji.js';
import type { App } from '../../app/context.js';
import { sameName } from '../../state/entries.js';
import type { Known } from './completion.js';

/** How far back one looks for who spoke last. */
const SPOKEN_AMONG = 300;

/** What this window knows that could be completed, now. `members`: lower-cased names; `found`: people besides. */
export function knownTo(
  app: App,
  conversation: string,
  members: ReadonlySet<string>,
  found: readonly PersonView[],
): Known {
  const { daemon, timelines } = app.store.get();
  const self = daemon?.me.username ?? '';
  const entries = timelines[conversation]?.entries ?? [];
  const spoken = new Set(
    entries
      .slice(-SPOKEN_AMONG)
      .map(({ from }) => from.toLowerCase())
      .reverse(),
  );
  return {
    people: Object.values(withFound(daemon?.people ?? {}, found)).filter(({ username }) => !sameName(username, self)),
    channels: Object.values(daemon?.channels ?? {}),
    emoji: emojiNow(app),
    calls: conversation.startsWith('#'),
    members: new Set([...members, ...spoken]),
    spoken: [...spoken],
  };
}

export interface Members {
  /** Lower-cased names, as far as they have been told. */
  known(): ReadonlySet<string>;
  /** Asks for them, once; `then` runs when they have come. */
  want(then: () => void): void;
}

/** Who is in the conversation: asked for when the first `@` is typed. */
export function useMembers(app: App, conversation: string): Members {
  return useMemo(() => {
    const two = conversation.startsWith('@');
    let names: ReadonlySet<string> = new Set(two ? conversation.slice(1).split('+') : []);
    let asked = two;
    return {
      known: () => names,
      want(then) {
        if (asked) return;
        asked = true;
        app.commands.run('conversation.members', { conversation }).then(
          ({ members }) => {
            names = new Set(members.map((name) => name.toLowerCase()));
            then();
          },
          // Those who spoke are thought to be in it until the daemon can say.
          () => (asked = false),
        );
      },
    };
  }, [app, conversation]);
}
