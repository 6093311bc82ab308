/**
 * A network, a process tree and a `/run` of one's own, made of Linux namespaces: what runs in it neither sees nor changes the network of
 * this machine, and when it ends, or its parent does, in whatever way, nothing of it is left.
 */
import { execFileSync, spawn, type ChildProcess } from 'node:child_process';
import { join } from 'node:path';

/** As root, or as anybody where the system lets users have namespaces. */
function unshare(): readonly string[] {
  const user = process.getuid?.() === 0 ? [] : ['--user', '--map-root-user'];
  return [...user, '--net', '--mount', '--pid', '--fork', '--kill-child', '--mount-proc'];
}

/** Why there can be no sandbox here; undefined: there can. */
export function sandboxMissing(): string | undefined {
  try {
    execFileSync('unshare', [...unshare(), 'sh', '-c', `${PREPARE} && ip netns add probe && nft list tables`], {
      stdio: 'pipe',
    });
    return undefined;
  } catch (error) {
    const { stderr } = error as { stderr?: Buffer };
    const said = stderr?.toString().trim() ?? '';
    return `No network namespaces with a firewall could be made here (Linux, \`ip\`, \`nft\`, and root or user namespaces): ${said === '' ? String(error) : said}`;
  }
}

/** Names of namespaces are files there, and must not be those of this machine. */
const PREPARE = 'mount -t tmpfs tmpfs /run && mkdir -p /run/netns && ip link set lo up';

/** The lab, in a sandbox: its stdout ends in one line of JSON. It ends when this process does. @param root of the project; args: of `main.ts` */
export function inSandbox(root: string, args: readonly string[]): ChildProcess {
  const [program, delayer] = [join(root, 'dist/scripts/nat/main.js'), join(root, 'scripts/nat/delayer.py')];
  const command = [process.execPath, program, '--delayer', delayer, ...args];
  return spawn('unshare', [...unshare(), 'sh', '-c', `${PREPARE} && exec "$@"`, 'sh', ...command], {
    stdio: ['ignore', 'pipe', 'inherit', 'ipc'],
  });
}
