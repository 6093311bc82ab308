/** Where an entry of the switcher leads. */
import type { App } from '../../app/context.js';
import { joinChannel } from '../../app/conversations.js';
import { writeQuery } from '../../app/finding.js';
import { jumpTo } from '../../app/jump.js';
import { formatRoute } from '../../state/route.js';
import type { Candidate } from './candidates.js';
import { runCommand } from './commands.js';
import type { Item } from './switcher-items.js';

export function goTo(app: App, item: Item): void {
  if (item.kind === 'search') writeQuery(app, item.query);
  else if (item.kind === 'message') void jumpTo(app, item.entry.conversation, item.entry.id);
  else goToPlace(app, item.hit.candidate);
}

function goToPlace(app: App, { kind, name }: Candidate): void {
  if (kind === 'command') runCommand(app, name);
  else if (kind === 'joinable') void joinChannel(app, name);
  else if (kind === 'person') app.navigate(formatRoute({ view: 'person', username: name }));
  else app.navigate(formatRoute({ view: 'channel', channel: name }));
}
