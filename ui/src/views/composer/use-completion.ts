import { useCallback, useRef, useState } from 'preact/hooks';
import { inOwnTone, rememberEmoji } from '../../app/composer-emoji.js';
import type { App } from '../../app/context.js';
import { usePeopleFinder } from '../../app/found-people.js';
import { useApp } from '../../app/use-app.js';
import type { Change } from './area-edit.js';
import { knownTo, useMembers } from './completion-source.js';
import { isComplete, optionsFor, queryAt, type Option, type Query } from './completion.js';

export interface Completion {
  readonly query: Query;
  readonly options: readonly Option[];
  /** Which of them the keyboard would take. */
  readonly active: number;
}

interface Parts {
  readonly conversation: string;
  readonly area: { readonly current: HTMLTextAreaElement | null };
  apply(change: Change): void;
}

/** What may be completed before the caret, and the keys that choose. `look` is to be called whenever text or caret changed. */
export function useCompletion({ conversation, area, apply }: Parts) {
  const app = useApp();
  const [shown, setShown] = useState<Completion>();
  /** Escape closed the list for the word that begins here; it opens again with the next one. */
  const dismissed = useRef<number | undefined>(undefined);
  const members = useMembers(app, conversation);
  const finder = usePeopleFinder(app);

  const look = useCallback((): void => {
    const { current } = area;
    const caret = current && current.selectionStart === current.selectionEnd ? current.selectionStart : undefined;
    const asked = current && caret !== undefined ? queryAt(current.value, caret) : undefined;
    // A message that is edited stays one.
    const editing = app.store.get().composing[conversation]?.mode === 'edit';
    const query = asked?.trigger === '/' && editing ? undefined : asked;
    if (query?.from !== dismissed.current) dismissed.current = undefined;
    if (!query || dismissed.current !== undefined) return setShown(undefined);
    if (query.trigger === '@') {
      members.want(look);
      finder.want(query.text, look);
    }
    const options = optionsFor(query, knownTo(app, conversation, members.known(), finder.found()));
    setShown((before) => {
      if (options.length === 0) return undefined;
      const same = before?.query.from === query.from && before.query.text === query.text;
      return { query, options, active: same ? Math.min(before.active, options.length - 1) : 0 };
    });
  }, [app, conversation, area, members, finder]);

  const close = useCallback(() => setShown(undefined), []);
  const take = (index: number): void => {
    const option = shown?.options[index];
    if (!shown || !option) return;
    close();
    apply(changeFor(app, shown.query, option, area.current?.value ?? ''));
  };
  /** Whether the key was for the list. */
  const onKey = (event: KeyboardEvent): boolean => {
    if (!shown || event.altKey || event.ctrlKey || event.metaKey) return false;
    const { query, options, active } = shown;
    if (event.key === 'ArrowDown' || event.key === 'ArrowUp') {
      const step = event.key === 'ArrowDown' ? 1 : -1;
      setShown({ ...shown, active: (active + step + options.length) % options.length });
    } else if (event.key === 'Escape') {
      dismissed.current = query.from;
      close();
    } else if (event.key === 'Tab' && !event.shiftKey) take(active);
    else if (event.key === 'Enter' && !event.shiftKey) {
      const option = options[active];
      // Written out already, it needs no completion; only a name alone would say nothing to anybody.
      if (
        option &&
        isComplete(query, option) &&
        (option.kind === 'command' || option.kind === 'call' || !query.atStart)
      )
        return false;
      take(active);
    } else return false;
    event.preventDefault();
    return true;
  };
  return { shown, look, close, take, onKey };
}

function changeFor(app: App, query: Query, option: Option, text: string): Change {
  const gap = /^\s/.test(text.slice(query.to)) ? '' : ' ';
  if (option.kind === 'emoji') rememberEmoji(app, option.emoji.emoji);
  const written = textOf(app, option);
  const end = query.from + written.length + 1;
  return { from: query.from, to: query.to, text: written + gap, select: [end, end] };
}

function textOf(app: App, option: Option): string {
  switch (option.kind) {
    case 'person':
      return `@${option.person.username}`;
    case 'channel':
      return `#${option.channel.title ?? option.channel.name}`;
    case 'command':
      return `/${option.name}`;
    case 'call':
      return `@${option.name}`;
    case 'emoji':
      return inOwnTone(app, option.emoji);
  }
}
