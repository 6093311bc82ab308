/** When the demo is to stop. */
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
const PARENT_CHECK_MS = 500;

/**
 * Resolves with the reason: Ctrl-C, a request to end, a closed terminal, or npm that is gone. The last has no signal of
 * its own: npm passes on some signals to the shell between it and us, the shell passes on none.
 */
export function askedToStop(own: NodeJS.Process): Promise<string> {
  return new Promise((resolve) => {
    for (const signal of SIGNALS) own.on(signal, () => resolve(signal));
    // Writing to a terminal that is gone fails; that must not be the end before the daemons are stopped.
    for (const stream of [own.stdout, own.stderr]) stream.on('error', () => resolve('output closed'));
    const parent = own.ppid;
    const npm = own.env['npm_lifecycle_event'] === undefined ? undefined : parentOfShell(parent);
    const timer = setInterval(() => {
      if (own.ppid === parent && (npm === undefined || isAlive(npm))) return;
      clearInterval(timer);
      resolve('parent ended');
    }, PARENT_CHECK_MS);
    timer.unref();
  });
}

/** The parent of the shell that npm runs a script in; undefined where `pid` is no shell, or nothing can be found out. */
function parentOfShell(pid: number): number | undefined {
  const [parent, name] = processFacts(pid);
  return /(^|\/)-?(sh|dash|bash|zsh|ash|busybox)$/.test(name) && parent > 1 ? parent : undefined;
}

/** The parent's id and the name of a process. */
function processFacts(pid: number): [parent: number, name: string] {
  try {
    if (process.platform === 'linux') {
      const [, name = '', parent = ''] = /\((.*)\) \S (\d+)/.exec(readFileSync(`/proc/${pid}/stat`, 'latin1')) ?? [];
      return [Number(parent), name];
    }
    const text = execFileSync('ps', ['-o', 'ppid=,comm=', '-p', String(pid)], { encoding: 'utf8' });
    const [, parent = '', name = ''] = /(\d+)\s+(.*)/.exec(text) ?? [];
    return [Number(parent), name.trim()];
  } catch {
    return [0, '']; // No such tool here: signals still work.
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
