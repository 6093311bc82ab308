/** A task of Windows' scheduler, started at log-in (Task Scheduler schema 1.2; schtasks.exe). */
import { win32 } from 'node:path';
import { xml, type ServiceOwner, type ServicePlan, type ServiceSpec } from './plan.js';

export function windowsTask({ name, title, command, folder }: ServiceSpec, { home }: ServiceOwner): ServicePlan {
  const [program, ...args] = command;
  const file = win32.join(home, 'AppData\\Local\\Parley', `${name}.xml`);
  const task = `<?xml version="1.0" encoding="UTF-16"?>
<Task version="1.2" xmlns="http://schemas.microsoft.com/windows/2004/02/mit/task">
  <RegistrationInfo>
    <Description>${xml(title)}</Description>
  </RegistrationInfo>
  <Triggers>
    <LogonTrigger>
      <Enabled>true</Enabled>
    </LogonTrigger>
  </Triggers>
  <Settings>
    <MultipleInstancesPolicy>IgnoreNew</MultipleInstancesPolicy>
    <DisallowStartIfOnBatteries>false</DisallowStartIfOnBatteries>
    <StopIfGoingOnBatteries>false</StopIfGoingOnBatteries>
    <ExecutionTimeLimit>PT0S</ExecutionTimeLimit>
    <RestartOnFailure>
      <Interval>PT1M</Interval>
      <Count>999</Count>
    </RestartOnFailure>
  </Settings>
  <Actions>
    <Exec>
      <Command>${xml(program)}</Command>
      <Arguments>${xml(args.map(quoted).join(' '))}</Arguments>
      <WorkingDirectory>${xml(folder)}</WorkingDirectory>
    </Exec>
  </Actions>
</Task>
`;
  return {
    file,
    // What schtasks reads without asking which code page this machine has.
    content: Buffer.from(`\uFEFF${task}`, 'utf16le'),
    install: [
      ['schtasks', '/Create', '/TN', name, '/XML', file, '/F'],
      ['schtasks', '/Run', '/TN', name],
    ],
    stop: [
      ['schtasks', '/End', '/TN', name],
      ['schtasks', '/Delete', '/TN', name, '/F'],
    ],
    removed: [],
    status: ['schtasks', '/Query', '/TN', name, '/V', '/FO', 'LIST'],
    log: 'the event log of the task scheduler',
  };
}

/** As CommandLineToArgvW takes it apart again: backslashes count only before a quotation mark. */
function quoted(word: string): string {
  if (/^[^\s"]+$/.test(word)) return word;
  return `"${word.replace(/(\\*)"/g, String.raw`$1$1\"`).replace(/(\\+)$/, '$1$1')}"`;
}
