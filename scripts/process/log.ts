/** The log of a daemon. */
import type pino from 'pino';

export const LOG_LEVELS = ['debug', 'info', 'warn', 'error', 'silent'] as const;

const STDERR = 2;

/** On stderr: readable on a terminal, else one JSON object per line. pino is loaded here, so that `--help` does without it. */
export async function createLog(level: string): Promise<pino.Logger> {
  const { default: pino } = await import('pino');
  if (!process.stderr.isTTY) return pino({ level }, pino.destination({ dest: STDERR, sync: true }));
  // Only where a person reads: it would double the time that loading the log takes.
  const { default: pretty } = await import('pino-pretty');
  return pino({ level }, pretty({ destination: STDERR, sync: true, ignore: 'pid,hostname' }));
}
