/** A command of the command line as a process of its own, which may be killed as by a power cut. */
import { spawn } from 'node:child_process';
import { setTimeout as pause } from 'node:timers/promises';

export interface Ended {
  readonly code: number | null;
  /** Whether it was killed before it had ended. */
  readonly killed: boolean;
  readonly said: string;
  readonly ms: number;
}

/** @param program the compiled `parley`. @param killAfterMs it runs to its end without */
export async function runCommand(
  program: string,
  args: readonly string[],
  env: Readonly<Record<string, string>>,
  killAfterMs?: number,
): Promise<Ended> {
  const began = performance.now();
  const child = spawn(process.execPath, [program, ...args], {
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let said = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (piece: Buffer) => (said += piece.toString()));
  const stop = new AbortController();
  if (killAfterMs !== undefined)
    void pause(killAfterMs, undefined, { signal: stop.signal }).then(
      () => child.kill('SIGKILL'),
      () => undefined,
    );
  const [code, signal] = await new Promise<[number | null, string | null]>((done) => {
    child.once('close', (...ending) => done(ending));
  });
  stop.abort();
  return { code, killed: signal === 'SIGKILL', said, ms: performance.now() - began };
}
