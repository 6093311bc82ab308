/** Runs as text. */
import { replayCommand } from './settings.js';
import type { Hunt } from './mutants.js';
import type { Outcome } from './simulation.js';

export interface Timed {
  readonly outcome: Outcome;
  /** Wall time. */
  readonly seconds: number;
  /** The highest that this process has had so far. */
  readonly peakBytes: number;
}

/** One line; after a failure also what was violated, and the command that shows it again. */
export function line({ outcome, seconds, peakBytes }: Timed): string {
  const { settings, violations, acknowledged, deliveries, bytesRatio, entriesRatio, settledAfter, trace, contents } =
    outcome;
  const facts = [
    `seed ${String(settings.seed).padEnd(4)}`,
    violations.length === 0 ? 'ok    ' : 'FAILED',
    `${settings.peers} peers`,
    `${acknowledged} entries`,
    `${deliveries} deliveries`,
    `entries ×${entriesRatio.toFixed(3)}`,
    `bytes ×${bytesRatio.toFixed(2)}`,
    `settled ${settledAfter.toFixed(0)} s`,
    `links ≤ ${outcome.linksMax}`,
    ...(settings.files > 0 ? [`${outcome.chunks} chunks, ${outcome.liesFound} lies`] : []),
    ...(settings.retention > 0
      ? [`${contents.forgotten} forgotten, ${contents.missing} came without content, ${contents.filled} got it`]
      : []),
    `trace ${trace}`,
    `${seconds.toFixed(1)} s`,
    `${mebibytes(peakBytes)} MiB`,
  ].join('  ');
  if (violations.length === 0) return facts;
  return [facts, ...violations.map((violation) => `    ${violation}`), `    again: ${replayCommand(settings)}`].join(
    '\n',
  );
}

/** @param without what the same run violates without the bug */
export function huntLine({ name, outcome, seeds }: Hunt, without?: string): string {
  if (!outcome) return `GOT AWAY  ${name}  (${seeds} seeds)`;
  if (without !== undefined) return `NO PROOF  ${name}  (seed ${outcome.settings.seed}, without it: ${without})`;
  return `caught    ${name}  (seed ${outcome.settings.seed}: ${outcome.violations[0] ?? ''})`;
}

export function summary(runs: readonly Timed[]): { text: string; figures: Record<string, number> } {
  const sum = (of: (run: Timed) => number): number => runs.reduce((total, run) => total + of(run), 0);
  const figures = {
    seeds: runs.length,
    violations: sum(({ outcome }) => outcome.violations.length),
    entries: sum(({ outcome }) => outcome.acknowledged),
    deliveries: sum(({ outcome }) => outcome.deliveries),
    forksTold: sum(({ outcome }) => outcome.forksTold),
    bytesRatio: sum(({ outcome }) => outcome.bytesRatio) / runs.length,
    wallSeconds: sum(({ seconds }) => seconds),
    peakMebibytes: Math.max(...runs.map(({ peakBytes }) => mebibytes(peakBytes))),
  };
  const { seeds, violations, entries, deliveries, forksTold, bytesRatio, wallSeconds, peakMebibytes } = figures;
  const text =
    `${seeds} seeds: ${violations} violations; ${entries} entries acknowledged, ${deliveries} deliveries, ` +
    `${forksTold} forks told of; bytes ×${bytesRatio.toFixed(2)}; ${wallSeconds.toFixed(1)} s, peak ${peakMebibytes} MiB`;
  return { text, figures };
}

function mebibytes(bytes: number): number {
  return Math.round(bytes / 1024 / 1024);
}
