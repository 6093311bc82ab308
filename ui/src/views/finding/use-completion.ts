import { useMemo, useState } from 'preact/hooks';
import { useApp, useDaemon } from '../../app/use-app.js';
import { channelTitle, joinedChannels } from '../../state/sidebar.js';
import { completionAt } from './completion.js';
import type { Completion } from './completion.js';

interface Completing {
  /** Undefined while there is nothing to suggest, or the person does not want it. */
  readonly completion: Completion | undefined;
  /** The suggestion that Enter takes; -1 for none. */
  readonly active: number;
  setActive(index: number): void;
  /** No suggestions, until the person goes on writing. */
  dismiss(): void;
  recall(): void;
}

export function useCompletion(query: string, caret: number): Completing {
  const { now } = useApp();
  const people = useDaemon((daemon) => daemon.people);
  const conversations = useDaemon((daemon) => daemon.conversations);
  const daemon = useDaemon((known) => known);
  const [dismissed, setDismissed] = useState(true);
  // A choice is one among the suggestions for a text, and goes with it.
  const [chosen, setChosen] = useState({ query: '', index: 0 });
  const completion = useMemo(() => {
    const channels = joinedChannels(daemon).map(({ name }) => ({ name, title: channelTitle(daemon, name) }));
    return completionAt(query, caret, { people: Object.values(people), channels, now: now() });
  }, [query, caret, people, conversations, now]);
  // The name of a filter is only offered: the letters may as well be a word. A value was asked for by its filter.
  const first = completion?.suggestions[0]?.kind === 'filter' ? -1 : 0;
  return {
    completion: dismissed ? undefined : completion,
    active: chosen.query === query ? chosen.index : first,
    setActive: (index) => setChosen({ query, index }),
    dismiss: () => setDismissed(true),
    recall: () => setDismissed(false),
  };
}
