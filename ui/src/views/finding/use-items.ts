import { useMemo } from 'preact/hooks';
import { useFoundPeople, withFound } from '../../app/found-people.js';
import { useApp, useDaemon, useSelector } from '../../app/use-app.js';
import type { State } from '../../state/model.js';
import { currentConversation } from '../../state/attention.js';
import { directName } from '../../state/route.js';
import { candidatesOf } from './candidates.js';
import { commandItems } from './commands.js';
import { narrowed } from './ranking.js';
import { groupsOf } from './switcher-items.js';
import type { Item, ItemGroup } from './switcher-items.js';
import { useGlance } from './use-glance.js';

/** What the switcher lists, in groups and as one list. */
export function useItems(query: string): { readonly groups: readonly ItemGroup[]; readonly items: readonly Item[] } {
  const app = useApp();
  const { t } = app;
  const daemon = useDaemon((known) => known);
  const current = useSelector(currentKey);
  const glance = useGlance(query);
  const { letters, only } = narrowed(query);
  const found = useFoundPeople(only === 'channels' ? '' : letters);
  const candidates = useMemo(
    () => candidatesOf({ ...daemon, people: withFound(daemon.people, found) }, commandItems(app)),
    [daemon, found, app, t],
  );
  const groups = useMemo(() => groupsOf({ candidates, query, current, glance }), [candidates, query, current, glance]);
  return useMemo(() => ({ groups, items: groups.flatMap(({ items }) => items) }), [groups]);
}

/** The key of the candidate whose conversation is in view. */
function currentKey(state: State): string | undefined {
  const conversation = currentConversation(state);
  if (conversation === undefined || conversation.startsWith('#')) return conversation;
  return `@${directName(conversation, state.daemon?.me.username ?? '').toLowerCase()}`;
}
