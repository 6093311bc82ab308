import pino from 'pino';

const STDERR = 2;

/** The log of the process, on stderr: readable on a terminal, else a JSON object a line. */
export async function createLog(level: string): Promise<pino.Logger> {
  if (!process.stderr.isTTY) return pino({ level }, pino.destination({ dest: STDERR, sync: true }));
  // Only where somebody reads: it would double the time that loading the log takes.
  const { default: pretty } = await import('pino-pretty');
  return pino({ level }, pretty({ destination: STDERR, sync: true, ignore: 'pid,hostname' }));
}
