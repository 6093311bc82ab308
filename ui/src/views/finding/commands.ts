/** What the switcher can do besides going somewhere. */
import type { App } from '../../app/context.js';
import { showOverlay } from '../../app/finding.js';
import { openInvite } from '../../app/people.js';
import type { TextKey } from '../../text/translate.js';
import type { CommandItem } from './candidates.js';

interface Command {
  readonly name: string;
  readonly text: TextKey;
  run(app: App): void;
}

const commands: readonly Command[] = [
  { name: 'channels', text: 'finding.command_channels', run: (app) => app.navigate('#/channels') },
  { name: 'create', text: 'finding.command_create', run: (app) => showOverlay(app, 'create') },
  { name: 'invite', text: 'finding.command_invite', run: openInvite },
  { name: 'people', text: 'finding.command_people', run: (app) => app.navigate('#/people') },
  { name: 'status', text: 'finding.command_status', run: (app) => showOverlay(app, 'status') },
  { name: 'search', text: 'finding.command_search', run: (app) => app.navigate('#/search') },
  { name: 'settings', text: 'finding.command_settings', run: (app) => app.navigate('#/settings') },
  { name: 'keys', text: 'finding.command_keys', run: (app) => showOverlay(app, 'shortcuts') },
];

export function commandItems({ t }: App): readonly CommandItem[] {
  return commands.map(({ name, text }) => ({ name, title: t(text) }));
}

export function runCommand(app: App, name: string): void {
  commands.find((command) => command.name === name)?.run(app);
}
