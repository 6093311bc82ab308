/** A router that can be asked to let others in, as people have it at home: Debian's miniupnpd over nftables. */
import { execFileSync, spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { rules } from '../lab.js';

const PROGRAM = 'miniupnpd';
/** Where it writes what it forwards. */
const TABLE = `table inet filter {
  chain miniupnpd { }
  chain prerouting_miniupnpd { }
  chain postrouting_miniupnpd { }
  chain forward { type filter hook forward priority 10; jump miniupnpd; }
  chain prerouting { type nat hook prerouting priority -100; jump prerouting_miniupnpd; }
  chain postrouting { type nat hook postrouting priority 100; jump postrouting_miniupnpd; }
}`;

/** Why there is none here; undefined: there is. */
export function upnpMissing(): string | undefined {
  try {
    execFileSync(PROGRAM, ['--version'], { stdio: 'pipe' });
    return undefined;
  } catch {
    return 'miniupnpd (Debian: miniupnpd-nftables) is not installed';
  }
}

export async function upnpRouter(
  router: string,
  folder: string,
  { natPmp, upnp }: { readonly natPmp: boolean; readonly upnp: boolean },
): Promise<ChildProcess> {
  await rules(router, TABLE);
  const isOn = (on: boolean): string => (on ? 'yes' : 'no');
  const lines = [
    ...['ext_ifname=wan', 'listening_ip=lan', 'http_port=0', 'secure_mode=yes'],
    ...[`enable_natpmp=${isOn(natPmp)}`, `enable_upnp=${isOn(upnp)}`],
    ...['uuid=7f7b3d4e-0000-4000-8000-000000000001', 'allow 1024-65535 0.0.0.0/0 1024-65535'],
  ];
  const file = join(folder, `${router}.miniupnpd.conf`);
  await writeFile(file, `${lines.join('\n')}\n`);
  const args = ['netns', 'exec', router, PROGRAM, '-d', '-f', file, '-P', join(folder, `${router}.pid`)];
  const child = spawn('ip', args, { stdio: ['ignore', 'ignore', 'pipe'] });
  const said: string[] = [];
  const ready = (async (): Promise<void> => {
    for await (const line of createInterface({ input: child.stderr })) {
      said.push(line);
      if (/HTTP listening|Listening for NAT-PMP|listening on port/i.test(line)) break;
    }
  })();
  await Promise.race([ready, once(child, 'exit')]);
  if (child.exitCode !== null) throw new Error(`${PROGRAM} did not start: ${said.join(' ')}`);
  child.stderr.resume();
  return child;
}
