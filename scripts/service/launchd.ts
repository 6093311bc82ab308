/** A launch agent of macOS (launchd.plist(5), launchctl(1)). */
import { posix } from 'node:path';
import { xml, type ServiceOwner, type ServicePlan, type ServiceSpec } from './plan.js';

export function launchAgent({ name, title, command, folder }: ServiceSpec, { home, uid }: ServiceOwner): ServicePlan {
  const label = `chat.parley.${name}`;
  const domain = `gui/${uid}`;
  const file = posix.join(home, 'Library/LaunchAgents', `${label}.plist`);
  const log = posix.join(home, 'Library/Logs', `${name}.log`);
  return {
    file,
    content: `<?xml version="1.0" encoding="UTF-8"?>
<!DOCTYPE plist PUBLIC "-//Apple//DTD PLIST 1.0//EN" "http://www.apple.com/DTDs/PropertyList-1.0.dtd">
<!-- ${xml(title).replaceAll('--', '- -')} -->
<plist version="1.0">
<dict>
  <key>Label</key>
  <string>${xml(label)}</string>
  <key>ProgramArguments</key>
  <array>
${command.map((word) => `    <string>${xml(word)}</string>`).join('\n')}
  </array>
  <key>WorkingDirectory</key>
  <string>${xml(folder)}</string>
  <key>RunAtLoad</key>
  <true/>
  <key>KeepAlive</key>
  <dict>
    <key>SuccessfulExit</key>
    <false/>
  </dict>
  <key>ThrottleInterval</key>
  <integer>10</integer>
  <key>ExitTimeOut</key>
  <integer>30</integer>
  <key>StandardOutPath</key>
  <string>${xml(log)}</string>
  <key>StandardErrorPath</key>
  <string>${xml(log)}</string>
</dict>
</plist>
`,
    install: [
      ['launchctl', 'enable', `${domain}/${label}`],
      ['launchctl', 'bootstrap', domain, file],
    ],
    stop: [['launchctl', 'bootout', `${domain}/${label}`]],
    removed: [],
    status: ['launchctl', 'print', `${domain}/${label}`],
    log,
  };
}
