import { useEffect, useId, useRef, useState } from 'preact/hooks';
import { useBusy } from '../../components/hooks.js';
import { checkTracker, type Problem, type ChosenTracker } from '../../app/setup.js';
import { useApp } from '../../app/use-app.js';
import { ProblemText } from './account-step.js';
import { CommandLine } from '../../components/copying.js';
import { TextInput } from '../../components/text-input.js';

interface TrackerStepProps {
  readonly address: string;
  /** What the daemon was started with: it is looked up without being asked. */
  readonly given: string | undefined;
  onInput(address: string): void;
  onFound(tracker: ChosenTracker): void;
}

export function TrackerStep({ address, given, onInput, onFound }: TrackerStepProps) {
  const app = useApp();
  const { t } = app;
  const id = useId();
  const input = useRef<HTMLInputElement>(null);
  const { busy, run } = useBusy();
  const [problem, setProblem] = useState<Problem>();

  const look = async (): Promise<void> => {
    if (address.trim() === '') {
      setProblem({ text: t('start.address_empty') });
      input.current?.focus();
      return;
    }
    await run(async () => {
      setProblem(undefined);
      const outcome = await checkTracker(app, address);
      if ('tracker' in outcome) return onFound({ ...outcome.tracker, address });
      setProblem(outcome.problem);
      input.current?.focus();
    });
  };
  useEffect(() => {
    input.current?.focus();
    if (given !== undefined && given === address) void look();
  }, []);

  return (
    <form
      class="form"
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        void look();
      }}
    >
      <p class="start-step">{t('start.step', { step: 1, steps: 2 })}</p>
      <h1 class="card-title">{t('start.tracker_title')}</h1>
      <p>{t('start.tracker_about')}</p>
      <div class="field">
        <label for={id}>{t('start.address')}</label>
        <TextInput
          inputRef={input}
          id={id}
          class="input"
          dir="ltr"
          type="text"
          inputMode="url"
          autoComplete="off"
          autoCapitalize="off"
          spellcheck={false}
          maxLength={4096}
          value={address}
          aria-invalid={problem !== undefined}
          aria-describedby={`${id}-hint ${id}-error`}
          onInput={(event) => onInput(event.currentTarget.value)}
        />
        <p id={`${id}-hint`} class="field-hint">
          {t('start.address_hint')}
        </p>
        <ProblemText id={`${id}-error`} problem={problem} />
      </div>
      <button class="button button-primary" disabled={busy}>
        {t(busy ? 'start.checking' : 'start.check')}
      </button>
      <NoTracker />
    </form>
  );
}

function NoTracker() {
  const { t } = useApp();
  return (
    <details class="start-help">
      <summary>{t('start.none_title')}</summary>
      <p>{t('start.none')}</p>
      <CommandLine text="npx parley tracker --host 0.0.0.0" />
      <p>{t('start.none_then')}</p>
    </details>
  );
}
