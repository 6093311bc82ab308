import { useId, useLayoutEffect, useRef, useState } from 'preact/hooks';
import { QUERY_MAX, showOverlay } from '../../app/finding.js';
import { useApp } from '../../app/use-app.js';
import { Icon } from '../../components/icon.js';
import { TextInput } from '../../components/text-input.js';
import { goTo } from './go.js';
import { isMod } from './shortcuts.js';
import type { Item } from './switcher-items.js';
import { SwitcherFoot } from './switcher-foot.js';
import { optionId, SwitcherList } from './switcher-list.js';
import { useItems } from './use-items.js';

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
