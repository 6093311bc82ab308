import pino from 'pino';
import pretty from 'pino-pretty';

const STDERR = 2;

/** The log of the process, on stderr: readable on a terminal, else a JSON object a line. */
export function createLog(level: string): pino.Logger {
  if (process.stderr.isTTY) return pino({ level }, pretty({ destination: STDERR, sync: true, ignore: 'pid,hostname' }));
  return pino({ level }, pino.destination({ dest: STDERR, sync: true }));
}
