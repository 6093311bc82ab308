import { useEffect, useId, useRef } from 'preact/hooks';
import { hasFinePointer } from './hooks.js';
import { Icon } from './icon.js';
import { TextInput } from './text-input.js';

interface FilterFieldProps {
  readonly label: string;
  readonly value: string;
  onInput(value: string): void;
  onSubmit(): void;
}

export function FilterField({ label, value, onInput, onSubmit }: FilterFieldProps) {
  const id = useId();
  const input = useRef<HTMLInputElement>(null);
  useEffect(() => {
    if (hasFinePointer()) input.current?.focus();
  }, []);
  return (
    <form
      class="filter"
      role="search"
      onSubmit={(event) => {
        event.preventDefault();
        onSubmit();
      }}
    >
      <label for={id}>{label}</label>
      <div class="filter-row">
        <Icon name="search" small />
        <TextInput
          inputRef={input}
          id={id}
          class="input"
          type="search"
          value={value}
          autoComplete="off"
          maxLength={64}
          onInput={(event) => onInput(event.currentTarget.value)}
        />
      </div>
    </form>
  );
}
