import { useId, useLayoutEffect, useRef, useState, useEffect, useMemo } from 'preact/hooks';
import { QUERY_MAX, showOverlay } from '../../app/finding.js';
import { useApp, useDaemon, useSelector } from '../../app/use-app.js';
import { Icon } from '../../components/icon.js';
import { TextInput } from '../../components/text-input.js';
import { goTo } from './switcher-actions.js';
import { isMod, hasAppleKeyboard, switcherKeys } from './shortcuts.js';
import { type Item, type ItemGroup, groupsOf } from './switcher-items.js';
import { SwitcherOption } from './switcher-option.js';
import { narrowed } from './ranking.js';
import { useFoundPeople, withFound } from '../../app/found-people.js';
import type { State } from '../../state/model.js';
import { currentConversation } from '../../state/attention.js';
import { directName } from '../../state/route.js';
import { blockedName, closedState, namedChannel } from '../../state/sidebar.js';
import { candidatesOf } from './candidates.js';
import { commandItems } from './commands.js';
import { useGlance } from './switcher-actions.js';

/** One field that goes anywhere: over every view, gone with a key. */
export function Switcher() {
  const app = useApp();
  const { t } = app;
  const id = useId();
  const dialog = useRef<HTMLDialogElement>(null);
  const [query, setQuery] = useState('');
  const [chosen, setChosen] = useState<string>();
  const { groups, items } = useItems(query);
  const active = items.find(({ key }) => key === chosen) ?? items[0];

  // Before it is painted: letters typed right behind the key are meant for the field.
  useLayoutEffect(() => {
    const element = dialog.current;
    element?.showModal();
    return () => element?.close();
  }, []);

  /** The focus has to be back where it was before the next view takes it. */
  const close = (): void => {
    dialog.current?.close();
    showOverlay(app, undefined);
  };
  const go = (item: Item | undefined): void => {
    if (!item) return;
    close();
    goTo(app, item);
  };
  const walk = (to: number): void => setChosen(items[(to + items.length) % items.length]?.key);
  const onKeyDown = (event: KeyboardEvent): void => {
    if (event.isComposing) return;
    const at = active ? items.indexOf(active) : 0;
    const target: Readonly<Record<string, number>> = { ArrowDown: at + 1, ArrowUp: at - 1, End: -1, Home: 0 };
    const to = target[event.key];
    // With nothing typed, Home and End have nothing to do in the field; otherwise they belong to it.
    const caret = query !== '' && (event.key === 'Home' || event.key === 'End') && !event.ctrlKey;
    if (event.key === 'Enter') {
      event.preventDefault();
      if (isMod(event) && query.trim() !== '') go({ kind: 'search', key: 'search', query: query.trim() });
      else go(active);
    } else if (to !== undefined && !caret) {
      event.preventDefault();
      walk(to);
    }
  };
  return (
    <dialog
      ref={dialog}
      class="switcher"
      aria-label={t('finding.switcher')}
      // One that is gone tells of its end a little later: by then another may be open, which is not meant.
      onClose={({ currentTarget }) => currentTarget.isConnected && close()}
      onClick={(event) => {
        if (event.target === dialog.current) close();
      }}
    >
      <div class="switcher-field">
        <Icon name="search" />
        <TextInput
          class="switcher-input"
          role="combobox"
          aria-label={t('finding.switcher')}
          aria-expanded={items.length > 0}
          aria-controls={`${id}-list`}
          aria-autocomplete="list"
          aria-activedescendant={active && optionId(`${id}-list`, active.key)}
          placeholder={t('finding.switcher_placeholder')}
          dir="auto"
          autoComplete="off"
          autoFocus
          spellcheck={false}
          maxLength={QUERY_MAX}
          value={query}
          onInput={(event) => {
            setQuery(event.currentTarget.value);
            setChosen(undefined);
          }}
          onKeyDown={onKeyDown}
        />
      </div>
      <SwitcherList id={`${id}-list`} groups={groups} active={active?.key} onActive={setChosen} onGo={go} />
      <SwitcherFoot query={query} found={items.filter(({ kind }) => kind !== 'search').length} />
    </dialog>
  );
}

interface SwitcherListProps {
  readonly id: string;
  readonly groups: readonly ItemGroup[];
  readonly active: string | undefined;
  onActive(key: string): void;
  onGo(item: Item): void;
}

export function optionId(list: string, key: string): string {
  return `${list} ${key}`.replace(/\s/gu, '-');
}

export function SwitcherList({ id, groups, active, onActive, onGo }: SwitcherListProps) {
  const { t } = useApp();
  const list = useRef<HTMLDivElement>(null);
  useEffect(() => {
    list.current?.querySelector('[aria-selected="true"]')?.scrollIntoView({ block: 'nearest' });
  }, [active]);
  return (
    <div ref={list} id={id} class="switcher-list" role="listbox" aria-label={t('finding.switcher_list')}>
      {groups.map(({ title, items }) => (
        <div key={title} role="group" aria-label={t(title)}>
          <div class="switcher-title" aria-hidden="true">
            {t(title)}
          </div>
          {items.map((item) => (
            <div
              key={item.key}
              id={optionId(id, item.key)}
              class="option"
              role="option"
              aria-selected={item.key === active}
              // The field keeps the focus.
              onMouseDown={(event) => event.preventDefault()}
              // Not on entering: the list may have come to stand under a pointer that nobody moved.
              onMouseMove={() => onActive(item.key)}
              onClick={() => onGo(item)}
            >
              <SwitcherOption item={item} />
            </div>
          ))}
        </div>
      ))}
    </div>
  );
}

interface SwitcherFootProps {
  readonly query: string;
  /** How many places and messages are listed. */
  readonly found: number;
}

/** Below the list: what to do where nothing was found, and which keys help. */
export function SwitcherFoot({ query, found }: SwitcherFootProps) {
  const { t } = useApp();
  const why = useNothingFound(query);
  const { mod, enter } = switcherKeys(hasAppleKeyboard(navigator.platform));
  return (
    <>
      <p class={found === 0 ? 'switcher-none' : 'visually-hidden'} role="status">
        {found === 0 ? why : t('finding.switcher_count', { count: found })}
      </p>
      <p class="switcher-hints">
        <span>
          <kbd>{enter}</kbd> {t('finding.switcher_hint_go')}
        </span>
        <span>
          <kbd>{mod}</kbd>
          <kbd>{enter}</kbd> {t('finding.switcher_hint_search')}
        </span>
        <span>{t('finding.switcher_hint_only')}</span>
      </p>
    </>
  );
}

/** Why nothing is listed: what is looked for may be blocked, or closed, and is then named so. */
function useNothingFound(query: string): string {
  const { t } = useApp();
  const { letters, only } = narrowed(query);
  const blocked = useDaemon((daemon) => (only === 'channels' ? undefined : blockedName(daemon, letters)));
  const closed = useDaemon((daemon) =>
    only === 'people' ? undefined : closedState(daemon, `#${namedChannel(daemon, letters) ?? letters}`),
  );
  if (blocked !== undefined) return t('finding.switcher_none_blocked', { username: blocked });
  if (closed) return t(`channels.${closed}_join`);
  if (only === 'people') return t('finding.switcher_none_person');
  return t(only === 'channels' ? 'finding.switcher_none_channel' : 'finding.switcher_none');
}

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
