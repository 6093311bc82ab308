import { useEffect, useState } from 'preact/hooks';
import { doctorStepOf } from '../../../../protocol/doctor-texts.js';
import type { DoctorProgress, DoctorReport } from '../../../../protocol/local-api.js';
import { useExamination } from '../../app/examination.js';
import { useApp } from '../../app/use-app.js';

interface ExaminationProps {
  /** About whom it is asked besides. */
  readonly user?: string;
  /** What the button says before anything was looked at, and what it says besides to those who hear it. */
  readonly start: string;
  readonly startLabel?: string;
}

/** Looks for what keeps this peer from others, or from one of them: a button, how far it is, and what it has found with what to do. */
export function ExaminationView({ user, start: label, startLabel }: ExaminationProps) {
  const { t } = useApp();
  const { state, checks, start } = useExamination(user);
  const [copied, setCopied] = useState<'copied' | 'failed'>();
  const copy = (report: DoctorReport): void => {
    const written = navigator.clipboard.writeText(reportText(report));
    written.then(
      () => setCopied('copied'),
      () => setCopied('failed'),
    );
  };
  const begin = (): void => {
    setCopied(undefined);
    start();
  };
  const isRunning = state === 'running';
  const step = useSteady(checks && doctorStepOf(checks)?.check);
  return (
    <div class="doctor">
      <div class="doctor-actions">
        <button class="button button-small" aria-disabled={isRunning} onClick={begin}>
          {isRunning ? t('connection.doctor_running') : state === 'idle' ? label : t('connection.doctor_again')}
          {state === 'idle' && startLabel !== undefined && <span class="visually-hidden"> {startLabel}</span>}
        </button>
        {typeof state === 'object' && (
          <button class="button button-small" onClick={() => copy(state)}>
            {t('connection.doctor_copy')}
          </button>
        )}
      </div>
      {isRunning && <Bar checks={checks} />}
      <div role="status">
        {isRunning && step !== undefined && <p class="field-hint">{t(`connection.step_${step}`)} …</p>}
        {state === 'failed' && <p>{t('connection.doctor_failed')}</p>}
        {typeof state === 'object' && <Findings report={state} />}
        {copied && (
          <p class="field-hint">
            {t(copied === 'copied' ? 'connection.doctor_copied' : 'connection.doctor_not_copied')}
          </p>
        )}
      </div>
    </div>
  );
}

function Bar({ checks }: { checks: DoctorProgress['checks'] | undefined }) {
  const { t } = useApp();
  const label = t('connection.doctor_progress');
  if (!checks) return <progress class="file-bar" aria-label={label} />;
  const { done } = doctorStepOf(checks) ?? { done: checks.length };
  return <progress class="file-bar" max={checks.length} value={done} aria-label={label} />;
}

/** What stands shorter is not named: most checks take no time that anybody could read or hear. Milliseconds. */
const NAMED_AFTER_MS = 300;

/** A value once it has stood for a while. */
function useSteady<T>(value: T): T | undefined {
  const [steady, setSteady] = useState<T>();
  useEffect(() => {
    const timer = setTimeout(() => setSteady(() => value), NAMED_AFTER_MS);
    return () => clearTimeout(timer);
  }, [value]);
  return steady;
}

function Findings({ report: { checks } }: { report: DoctorReport }) {
  const { t } = useApp();
  const faults = checks.filter(({ state }) => state === 'fault');
  if (faults.length === 0) {
    const isSure = checks.every(({ state }) => state === 'ok');
    return <p>{t(isSure ? 'connection.doctor_fine' : 'connection.doctor_unsure')}</p>;
  }
  return (
    <ul>
      {faults.map(({ check, code, args }) => (
        <li key={check}>{code !== undefined && t(`connection.doctor_${code}`, withPort(args))}</li>
      ))}
    </ul>
  );
}

type Args = NonNullable<DoctorReport['checks'][number]['args']>;

/** A port is typed as it stands: digits alone, without marks between them. */
function withPort(args: Args = {}): Args {
  return args['port'] === undefined ? args : { ...args, port: String(args['port']) };
}

/** To be sent to somebody who helps: codes alone, nothing of whom, where or what. */
function reportText({ checks, ms }: DoctorReport): string {
  const lines = checks.map(({ check, state, code }) => `${check}: ${state}${code === undefined ? '' : ` (${code})`}`);
  return [`Parley, ${new Date().toISOString()}, ${ms} ms`, ...lines].join('\n');
}
