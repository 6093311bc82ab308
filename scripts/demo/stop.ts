/** When the demo is to stop. */
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
const PARENT_CHECK_MS = 500;
/** Scripts that call scripts: more are not looked at. */
const CALLERS_MAX = 8;

/**
 * Resolves with the reason: Ctrl-C, a request to end, a closed terminal, or that somebody above us is gone: npm, or the script
 * that called it. That has no signal of its own: npm passes on some signals to the shell between it and us, a shell passes
 * on none.
 */
export function askedToStop(own: NodeJS.Process): Promise<string> {
  return new Promise((resolve) => {
    for (const signal of SIGNALS) own.on(signal, () => resolve(signal));
    // Writing to a terminal that is gone fails; that must not be the end before the daemons are stopped.
    for (const stream of [own.stdout, own.stderr]) stream.on('error', () => resolve('output closed'));
    const parent = own.ppid;
    const above = own.env['npm_lifecycle_event'] === undefined ? [] : callersAbove(parent);
    const timer = setInterval(() => {
      if (own.ppid === parent && above.every(isStill)) return;
      clearInterval(timer);
      resolve('parent ended');
    }, PARENT_CHECK_MS);
    timer.unref();
  });
}

interface Caller {
  readonly pid: number;
  readonly parent: number;
}

/** The shell that npm runs us in, npm, and the scripts of shells that called it; none where `shell` is no shell. */
function callersAbove(shell: number): Caller[] {
  const own = processFacts(shell);
  if (!isShell(own.name) || own.parent <= 1) return [];
  const callers: Caller[] = [{ pid: shell, parent: own.parent }];
  for (let pid = own.parent; callers.length < CALLERS_MAX;) {
    const { parent } = processFacts(pid);
    // A shell that somebody types into may be left while the demo goes on; the terminal tells when it is closed.
    if (parent <= 1 || !isScript(processFacts(parent))) break;
    callers.push({ pid, parent });
    pid = parent;
  }
  return callers;
}

/** Whether a caller is still the parent that it was: one that ended may be there as a zombie, but has no children. */
function isStill({ pid, parent }: Caller): boolean {
  return process.platform === 'linux' ? processFacts(pid).parent === parent : isAlive(parent);
}

interface Facts {
  readonly parent: number;
  readonly name: string;
  readonly args: readonly string[];
}

function isShell(name: string): boolean {
  return /(^|\/)-?(sh|dash|bash|zsh|ash|busybox)$/.test(name);
}

/** A shell that runs a file or `-c '…'`. */
function isScript({ name, args }: Facts): boolean {
  return isShell(name) && args.some((arg) => arg === '-c' || !/^[-+]/.test(arg));
}

function processFacts(pid: number): Facts {
  try {
    if (process.platform === 'linux') {
      const [, name = '', parent = ''] = /\((.*)\) \S (\d+)/s.exec(readFileSync(`/proc/${pid}/stat`, 'latin1')) ?? [];
      const args = readFileSync(`/proc/${pid}/cmdline`, 'latin1').split('\0').slice(1, -1);
      return { parent: Number(parent), name, args };
    }
    const text = execFileSync('ps', ['-o', 'ppid=,args=', '-p', String(pid)], { encoding: 'utf8' });
    const [parent = '', name = '', ...args] = text.trim().split(/\s+/);
    return { parent: Number(parent), name, args };
  } catch {
    return { parent: 0, name: '', args: [] }; // No such tool here: signals still work.
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
