/** A server of others, from Debian: started with a configuration of its own on a free port, and stopped. */
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmod, chown, mkdir, writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { delimiter, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { freePort } from '../../daemon/free-ports.js';
import type { Chain } from '../chain.js';

export interface Place {
  readonly port: number;
  /** Its own, which it may write to. */
  readonly folder: string;
}

export interface Rival {
  /** What is told of it. */
  readonly name: string;
  /** Of the package of the same name. */
  readonly program: string;
  args(config: string): readonly string[];
  config(place: Place): string;
  /** Two clients of the server at this port. */
  chain(port: number): Promise<Chain>;
}

export interface RivalServer {
  readonly port: number;
  readonly pid: number;
  stop(): Promise<void>;
}

const READY_MS = 15_000;
const STOP_MS = 5_000;
/** Daemons are in folders that are in the path of root alone. */
const PATH = [process.env['PATH'] ?? '', '/usr/local/sbin', '/usr/sbin', '/sbin'].join(delimiter);

/** Where the program is, as the shell finds it; undefined: it is not installed. */
export function programOf({ program }: Rival): string | undefined {
  try {
    const env = { ...process.env, PATH };
    return execFileSync('/bin/sh', ['-c', 'command -v "$0"', program], { env, encoding: 'utf8' }).trim();
  } catch {
    return undefined;
  }
}

/** Root starts them as somebody who owns nothing: some of them refuse to be root. */
function unprivileged(): { uid: number; gid: number } | undefined {
  if (process.getuid?.() !== 0) return undefined;
  const id = (of: string): number => Number(execFileSync('id', [of, 'nobody'], { encoding: 'utf8' }));
  return { uid: id('-u'), gid: id('-g') };
}

/** @param parent a folder that is removed afterwards. Errors: it is not ready in time; with its last words */
export async function startRival(rival: Rival, program: string, parent: string): Promise<RivalServer> {
  const user = unprivileged();
  const folder = join(parent, rival.program);
  await mkdir(folder);
  const place = { port: await freePort(), folder };
  // The ending is for prosody, which reads no other.
  const config = join(folder, 'bench.cfg.lua');
  await writeFile(config, rival.config(place));
  if (user) {
    await chmod(parent, 0o711);
    for (const path of [folder, config]) await chown(path, user.uid, user.gid);
  }
  const child = spawn(program, rival.args(config), {
    ...{ cwd: folder, detached: true, env: { PATH, LANG: 'C' }, stdio: ['ignore', 'pipe', 'pipe'] },
    ...user,
  });
  const said: string[] = [];
  for (const output of [child.stdout, child.stderr])
    output.on('data', (data: Buffer) => void said.push(data.toString()));
  const exited = once(child, 'exit').catch(() => undefined);
  const isOver = (): boolean => child.exitCode !== null || child.signalCode !== null;
  const stop = async (): Promise<void> => {
    child.kill('SIGTERM');
    const timer = setTimeout(() => child.kill('SIGKILL'), STOP_MS);
    await exited;
    clearTimeout(timer);
  };
  for (const end = performance.now() + READY_MS; !(await answers(place.port));) {
    if (isOver() || performance.now() > end) {
      await stop();
      throw new Error(`${rival.program} does not answer.\n${said.join('').slice(-2000)}`);
    }
    await sleep(50);
  }
  return { port: place.port, pid: child.pid ?? 0, stop };
}

async function answers(port: number): Promise<boolean> {
  const socket = connect({ port, host: '127.0.0.1' });
  try {
    await once(socket, 'connect');
    return true;
  } catch {
    return false;
  } finally {
    socket.destroy();
  }
}
