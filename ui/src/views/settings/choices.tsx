import { useId } from 'preact/hooks';

interface ChoicesProps<Value extends string> {
  readonly legend: string;
  readonly values: readonly (readonly [value: Value, label: string])[];
  readonly chosen: Value;
  onChoose(value: Value): void;
}

/** One of a few, all of them in sight. */
export function Choices<Value extends string>({ legend, values, chosen, onChoose }: ChoicesProps<Value>) {
  const name = useId();
  return (
    <fieldset class="choices">
      <legend>{legend}</legend>
      {values.map(([value, label]) => (
        <label key={value} class="choice">
          <input type="radio" name={name} checked={chosen === value} onChange={() => onChoose(value)} />
          {label}
        </label>
      ))}
    </fieldset>
  );
}
