/** When the demo is to stop. */

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
const PARENT_CHECK_MS = 500;

/**
 * Resolves with the reason: Ctrl-C, a request to end, a closed terminal, or a parent (npm) that is gone. The last has no
 * signal of its own: a killed npm tells its script nothing.
 */
export function askedToStop(own: NodeJS.Process): Promise<string> {
  return new Promise((resolve) => {
    for (const signal of SIGNALS) own.on(signal, () => resolve(signal));
    // Writing to a terminal that is gone fails; that must not be the end before the daemons are stopped.
    for (const stream of [own.stdout, own.stderr]) stream.on('error', () => resolve('output closed'));
    const parent = own.ppid;
    const timer = setInterval(() => {
      if (own.ppid === parent) return;
      clearInterval(timer);
      resolve('parent ended');
    }, PARENT_CHECK_MS);
    timer.unref();
  });
}
