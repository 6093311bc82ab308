/** Dialling, and the relay where dialling takes long or comes to nothing. Who is up first ends the other. */
import type { Outcome } from './race.js';

/** Dialling alone has so long. Milliseconds. */
export const RELAY_AFTER_MS = 1_500;

export interface Ways<Won> {
  /** Never rejects. */
  dial(signal: AbortSignal): Promise<Outcome<Won>>;
  /** Absent: there is no relay for this device. */
  readonly relay: ((signal: AbortSignal) => Promise<Won>) | undefined;
  /** Ends it all. */
  readonly signal: AbortSignal;
  readonly timers: { setTimeout(callback: () => void, ms: number): unknown; clearTimeout(timer: unknown): void };
}

/** Never rejects. What the relay says is not told: why there is no direct link is what people can do something about. */
export async function relayedToo<Won>({ dial, relay, signal, timers }: Ways<Won>): Promise<Outcome<Won>> {
  if (!relay) return dial(signal);
  // Plain controllers, all aborted in the end: signals that are put together are held for as long as one of their sources.
  const [direct, relayed] = [new AbortController(), new AbortController()];
  const end = (): void => {
    direct.abort();
    relayed.abort();
  };
  signal.addEventListener('abort', end);
  if (signal.aborted) end();
  try {
    return await bothWays({ dial, relay, direct, relayed, timers });
  } finally {
    signal.removeEventListener('abort', end);
    end();
  }
}

async function bothWays<Won>({
  dial,
  relay,
  direct,
  relayed,
  timers,
}: Pick<Ways<Won>, 'dial' | 'timers'> & {
  readonly relay: (signal: AbortSignal) => Promise<Won>;
  readonly direct: AbortController;
  readonly relayed: AbortController;
}): Promise<Outcome<Won>> {
  let begin: () => void = () => undefined;
  const begun = new Promise<void>((resolve) => (begin = resolve));
  const timer = timers.setTimeout(begin, RELAY_AFTER_MS);
  const dialled = dial(direct.signal).then((outcome) => {
    if ('won' in outcome) relayed.abort();
    timers.clearTimeout(timer);
    begin();
    return outcome;
  });
  await begun;
  if (relayed.signal.aborted) return dialled;
  try {
    const won = await relay(relayed.signal);
    direct.abort();
    return { won };
  } catch {
    return dialled;
  }
}
