/** A unit of systemd's user manager (systemd.unit(5), systemd.service(5)). */
import { posix } from 'node:path';
import type { ServiceOwner, ServicePlan, ServiceSpec } from './plan.js';

export function systemdUnit(
  { name, title, command, folder }: ServiceSpec,
  { home, configHome }: ServiceOwner,
): ServicePlan {
  const unit = `${name}.service`;
  return {
    file: posix.join(configHome ?? posix.join(home, '.config'), 'systemd/user', unit),
    content: [
      '[Unit]',
      `Description=${specifiers(title)}`,
      // A machine that wakes without its network, or whose disk is full for an hour, gets its daemon back in the end.
      'StartLimitIntervalSec=0',
      '',
      '[Service]',
      `ExecStart=${command.map(quoted).join(' ')}`,
      `WorkingDirectory=${specifiers(folder)}`,
      'Restart=on-failure',
      'RestartSec=5',
      // A command line that cannot be meant will not be meant the next time.
      'RestartPreventExitStatus=2',
      // Only the daemon is asked to stop: it ends what it started.
      'KillMode=mixed',
      'TimeoutStopSec=30',
      '',
      '[Install]',
      'WantedBy=default.target',
      '',
    ].join('\n'),
    install: [
      ['systemctl', '--user', 'daemon-reload'],
      ['systemctl', '--user', 'enable', '--now', unit],
    ],
    stop: [['systemctl', '--user', 'disable', '--now', unit]],
    removed: [['systemctl', '--user', 'daemon-reload']],
    status: ['systemctl', '--user', 'status', '--no-pager', unit],
    log: `journalctl --user -u ${unit}`,
    hint: 'It runs while you are logged in. For a machine where nobody is: loginctl enable-linger',
  };
}

/** One word of a command line: within quotes `\` and `"` are escaped, `%` and `$` are doubled against expansion. */
function quoted(word: string): string {
  const escaped = word.replaceAll('\\', String.raw`\\`).replaceAll('"', String.raw`\"`);
  return `"${specifiers(escaped).replaceAll('$', () => '$$')}"`;
}

function specifiers(text: string): string {
  return text.replaceAll('%', '%%');
}
