/** The doctor, as a window runs it: what it looks at while it runs, then what it has found. */
import { useEffect, useState } from 'preact/hooks';
import type { DoctorProgress, DoctorReport, LocalEvent } from '../../../protocol/local-api.js';
import type { App } from './context.js';
import { useApp } from './use-app.js';

export interface Examination {
  readonly state: 'idle' | 'running' | 'failed' | DoctorReport;
  /** While it runs: how each check stands, once that was told. */
  readonly checks: DoctorProgress['checks'] | undefined;
  start(): void;
}

/** Of the event alone: an examination is of this moment, and in no snapshot. */
export function hearDoctor({ examined }: App, event: LocalEvent): void {
  if (event.type === 'doctor') examined.set(event);
}

/** @param user about whom it is asked besides */
export function useExamination(user?: string): Examination {
  const { commands, examined } = useApp();
  const [state, setState] = useState<Examination['state']>('idle');
  const [checks, setChecks] = useState<Examination['checks']>();
  const isRunning = state === 'running';
  useEffect(() => {
    if (!isRunning) return undefined;
    setChecks(undefined);
    // Another window may have asked about somebody else.
    return examined.subscribe(() => {
      const progress = examined.get();
      if (progress && isSame(progress.user, user)) setChecks(progress.checks);
    });
  }, [examined, user, isRunning]);
  const start = (): void => {
    if (isRunning) return;
    setState('running');
    commands.run('doctor.run', user === undefined ? {} : { user }).then(setState, () => setState('failed'));
  };
  return { state, checks: isRunning ? checks : undefined, start };
}

function isSame(a: string | undefined, b: string | undefined): boolean {
  return a?.toLowerCase() === b?.toLowerCase();
}
