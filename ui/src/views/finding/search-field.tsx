import { useEffect, useId, useLayoutEffect, useRef, useState } from 'preact/hooks';
import { QUERY_MAX } from '../../app/finding.js';
import { useApp } from '../../app/use-app.js';
import { Icon } from '../../components/icon.js';
import { TextInput } from '../../components/text-input.js';
import { completed, filters } from './completion.js';
import type { Completion, Filter } from './completion.js';
import { SearchSuggestions, suggestionId } from './search-suggestions.js';
import { useCompletion } from './use-completion.js';

interface SearchFieldProps {
  readonly query: string;
  onQuery(query: string): void;
}

/** The field, what it suggests at the caret, and the filters that there are. */
export function SearchField({ query, onQuery }: SearchFieldProps) {
  const { t } = useApp();
  const id = useId();
  const input = useRef<HTMLInputElement>(null);
  const put = useRef<number | undefined>(undefined);
  const [caret, setCaret] = useState(query.length);
  const { completion, active, setActive, dismiss, recall } = useCompletion(query, caret);
  useEffect(() => {
    // A result that was gone to keeps the focus that it was given back.
    if (document.querySelector('[data-visited]') === document.activeElement) return;
    input.current?.focus();
    input.current?.setSelectionRange(query.length, query.length);
  }, []);
  useLayoutEffect(() => {
    if (put.current === undefined) return;
    input.current?.focus();
    input.current?.setSelectionRange(put.current, put.current);
    setCaret(put.current);
    put.current = undefined;
  }, [query]);

  const write = (text: string, at: number): void => {
    recall();
    put.current = at;
    onQuery(text);
  };
  const accept = (at: Completion, value: string): void => {
    const next = completed(query, at, value);
    write(next.text, next.caret);
  };
  const addFilter = (filter: Filter): void => {
    const text = `${query.trimEnd()}${query.trim() === '' ? '' : ' '}${filter}:`;
    write(text, text.length);
  };
  const follow = (): void => setCaret(input.current?.selectionStart ?? query.length);
  const onKeyDown = (event: KeyboardEvent): void => {
    if (!completion || event.isComposing) return;
    const { suggestions } = completion;
    const chosen = suggestions[active];
    const step = event.key === 'ArrowDown' ? 1 : event.key === 'ArrowUp' ? -1 : 0;
    if (step !== 0 && suggestions.length > 0)
      setActive((Math.max(active, step < 0 ? 0 : -1) + step + suggestions.length) % suggestions.length);
    else if (event.key === 'Escape') dismiss();
    else if (event.key === 'Enter' && chosen) accept(completion, chosen.value);
    else if (event.key === 'Tab' && !event.shiftKey && suggestions.length > 0)
      accept(completion, (chosen ?? suggestions[0])?.value ?? '');
    else return;
    event.preventDefault();
    event.stopPropagation();
  };
  return (
    <div
      class="search-top"
      role="search"
      onFocusOut={(event) => {
        const to = event.relatedTarget;
        if (!(to instanceof Node && event.currentTarget.contains(to))) dismiss();
      }}
    >
      <div class="search-field">
        <Icon name="search" />
        <TextInput
          inputRef={input}
          class="search-input"
          role="combobox"
          aria-label={t('finding.search_field')}
          aria-expanded={completion !== undefined}
          aria-controls={`${id}-list`}
          aria-autocomplete="list"
          aria-activedescendant={completion?.suggestions[active] && suggestionId(`${id}-list`, active)}
          placeholder={t('finding.search_placeholder')}
          dir="auto"
          autoComplete="off"
          spellcheck={false}
          maxLength={QUERY_MAX}
          enterKeyHint="search"
          value={query}
          onInput={(event) => {
            recall();
            follow();
            onQuery(event.currentTarget.value);
          }}
          onKeyDown={onKeyDown}
          onKeyUp={follow}
          onClick={follow}
          data-search
        />
        {query !== '' && (
          <button
            class="icon-button"
            aria-label={t('finding.search_clear')}
            title={t('finding.search_clear')}
            onClick={() => write('', 0)}
          >
            <Icon name="close" small />
          </button>
        )}
        {completion && (
          <SearchSuggestions
            id={`${id}-list`}
            completion={completion}
            active={active}
            onAccept={(value) => accept(completion, value)}
          />
        )}
      </div>
      <div class="search-filters" role="group" aria-label={t('finding.filters')}>
        {filters.map((filter) => (
          <button key={filter} class="chip" title={t(`finding.filter_${filter}`)} onClick={() => addFilter(filter)}>
            <bdi dir="ltr">{filter}:</bdi> <span class="chip-about">{t(`finding.filter_${filter}`)}</span>
          </button>
        ))}
      </div>
    </div>
  );
}
