import { useState } from 'preact/hooks';
import type { DoctorReport } from '../../../../protocol/local-api.js';
import { useApp } from '../../app/use-app.js';

type State = 'idle' | 'running' | 'failed' | DoctorReport;

/** Looks for what keeps this peer from others, and says it with what to do. */
export function Doctor() {
  const { t, commands } = useApp();
  const [state, setState] = useState<State>('idle');
  const [copied, setCopied] = useState(false);
  const run = async (): Promise<void> => {
    setState('running');
    setCopied(false);
    try {
      setState(await commands.run('doctor.run', {}));
    } catch {
      setState('failed');
    }
  };
  const copy = async (report: DoctorReport): Promise<void> => {
    await navigator.clipboard.writeText(reportText(report));
    setCopied(true);
  };
  const isRunning = state === 'running';
  return (
    <section class="group" aria-labelledby="connection-doctor">
      <h2 id="connection-doctor">{t('connection.doctor_title')}</h2>
      <p class="field-hint">{t('connection.doctor_hint')}</p>
      <button class="button button-small" aria-disabled={isRunning} onClick={() => void (isRunning || run())}>
        {t(isRunning ? 'connection.doctor_running' : 'connection.doctor_start')}
      </button>
      <div role="status">
        {state === 'failed' && <p>{t('connection.doctor_failed')}</p>}
        {typeof state === 'object' && <Findings report={state} />}
        {copied && <p class="field-hint">{t('connection.doctor_copied')}</p>}
      </div>
      {typeof state === 'object' && (
        <button class="button button-small" onClick={() => void copy(state).catch(() => setState('failed'))}>
          {t('connection.doctor_copy')}
        </button>
      )}
    </section>
  );
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
        <li key={check}>{code !== undefined && t(`connection.doctor_${code}`, args)}</li>
      ))}
    </ul>
  );
}

/** To be sent to somebody who helps: codes alone, nothing of whom, where or what. */
function reportText({ checks, ms }: DoctorReport): string {
  const lines = checks.map(({ check, state, code }) => `${check}: ${state}${code === undefined ? '' : ` (${code})`}`);
  return [`Parley, ${new Date().toISOString()}, ${ms} ms`, ...lines].join('\n');
}
