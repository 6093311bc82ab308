import { useId } from 'preact/hooks';
import { DEVICE_NAME_MAX } from '../../../protocol/limits.js';
import { useApp } from '../app/use-app.js';
import { TextInput } from './text-input.js';

interface DeviceFieldProps {
  readonly value: string;
  /** What was wrong with the last try. */
  readonly error: string | undefined;
  onInput(value: string): void;
}

/** What a device is called, as its user tells it from others: where it is set up, and where it is renamed. */
export function DeviceField({ value, error, onInput }: DeviceFieldProps) {
  const { t } = useApp();
  const id = useId();
  return (
    <div class="field">
      <label for={id}>{t('devices.name')}</label>
      <TextInput
        id={id}
        class="input"
        dir="auto"
        type="text"
        autoComplete="off"
        maxLength={DEVICE_NAME_MAX}
        value={value}
        aria-invalid={error !== undefined}
        aria-describedby={`${id}-hint ${id}-error`}
        onInput={(event) => onInput(event.currentTarget.value)}
      />
      <p id={`${id}-hint`} class="field-hint">
        {t('devices.name_hint')}
      </p>
      {/* Always there, so that what appears in it is read out. */}
      <p id={`${id}-error`} class="field-error" role="alert">
        {error}
      </p>
    </div>
  );
}
