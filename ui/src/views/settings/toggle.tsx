import { useId, useState } from 'preact/hooks';

interface ToggleProps {
  readonly label: string;
  readonly hint?: string;
  readonly on: boolean;
  /** Resolves when the wish was granted or refused; until then the wish is shown. */
  onSet(on: boolean): Promise<void>;
}

export function Toggle({ label, hint, on, onSet }: ToggleProps) {
  const id = useId();
  const [wish, setWish] = useState<boolean>();
  const set = async (wanted: boolean): Promise<void> => {
    setWish(wanted);
    await onSet(wanted);
    setWish(undefined);
  };
  return (
    <div class="toggle">
      <label class="choice">
        <input
          type="checkbox"
          role="switch"
          checked={wish ?? on}
          aria-describedby={hint === undefined ? undefined : id}
          onChange={(event) => void set(event.currentTarget.checked)}
        />
        {label}
      </label>
      {hint !== undefined && (
        <p id={id} class="field-hint">
          {hint}
        </p>
      )}
    </div>
  );
}
