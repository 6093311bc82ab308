/** What the browser sees of this peer. Pure: what the services say, as section 8 writes it. */
import type { PeerServices } from '../services.js';
import type { Snapshot } from '../../protocol/local-api.js';

export { entryView, entryViews, type Viewer } from '../commands/entry-view.js';

/** Everything but history, at this instant. Takes no turn of the event loop: no event falls between its parts. */
export function snapshot(services: PeerServices): Snapshot {
  const { account, people, conversations, notices, preferences, p2p, clock } = services;
  return {
    type: 'snapshot',
    version: 1,
    now: new Date(clock.now()).toISOString(),
    me: { username: account.username, device: account.device },
    tracker: people.tracker(),
    p2p: { host: p2p.host, port: p2p.port },
    people: people.list(),
    blocked: people.blocked(),
    channels: people.channels(),
    conversations: conversations.list(),
    notices: notices.list(),
    preferences: preferences.view(),
  };
}
