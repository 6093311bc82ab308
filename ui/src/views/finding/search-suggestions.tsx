import { useApp } from '../../app/use-app.js';
import type { App } from '../../app/context.js';
import type { Completion, Suggestion } from './completion.js';
import { dayBefore } from './completion.js';

interface SearchSuggestionsProps {
  readonly id: string;
  readonly completion: Completion;
  readonly active: number;
  onAccept(value: string): void;
}

export function suggestionId(list: string, index: number): string {
  return `${list}-${index}`;
}

export function SearchSuggestions({ id, completion, active, onAccept }: SearchSuggestionsProps) {
  const app = useApp();
  const { t, now } = app;
  const { suggestions, date } = completion;
  return (
    <div class="suggestions">
      <div id={id} role="listbox" aria-label={t('finding.suggestions')}>
        {suggestions.map((suggestion, index) => (
          <div
            key={suggestion.value}
            id={suggestionId(id, index)}
            class="option"
            role="option"
            aria-selected={index === active}
            // The field keeps the focus.
            onMouseDown={(event) => event.preventDefault()}
            onClick={() => onAccept(suggestion.value)}
          >
            <span class="option-name">
              <bdi>{titleOf(suggestion)}</bdi>
            </span>
            <span class="option-note">
              <bdi>{noteOf(app, suggestion)}</bdi>
            </span>
          </div>
        ))}
      </div>
      {date && (
        <label class="suggestions-date">
          {t('finding.day_any')}
          <input
            class="input"
            type="date"
            max={dayBefore(now(), 0)}
            onChange={(event) => {
              if (event.currentTarget.value !== '') onAccept(`${date}:${event.currentTarget.value}`);
            }}
          />
        </label>
      )}
    </div>
  );
}

function titleOf(suggestion: Suggestion): string {
  if (suggestion.kind === 'person') return `@${suggestion.name}`;
  if (suggestion.kind === 'channel') return `#${suggestion.name}`;
  return suggestion.kind === 'day' ? suggestion.value.replace(/^\w+:/u, '') : suggestion.value;
}

function noteOf({ t }: App, suggestion: Suggestion): string {
  switch (suggestion.kind) {
    case 'filter':
      return t(`finding.filter_${suggestion.filter}`);
    case 'thing':
      return t(`finding.thing_${suggestion.thing}`);
    case 'day':
      return t(`finding.day_${suggestion.ago}`);
    case 'person':
    case 'channel':
      return suggestion.called;
  }
}
