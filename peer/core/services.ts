/** What the doors are given: the parts of the peer behind their narrow interfaces. */
import { ParleyError } from '../../protocol/errors.js';
import { sameUser, type Username } from '../../protocol/ids.js';
import type { Links } from '../link/links.js';
import type { Accounts } from '../people/accounts.js';
import type { Directory } from '../people/directory.js';
import type {
  Account,
  Clock,
  Invites,
  Log,
  Membership,
  Notices,
  PeerEmitter,
  PeerServices,
  People,
  Trust,
} from '../services.js';
import type { Store } from '../store/store.js';
import type { TrackerClient } from '../tracker-client/tracker-client.js';
import type { Core } from './core.js';
import type { Personal } from './personal.js';
import { BlockFilter } from './block-filter.js';

export interface ServiceParts {
  readonly events: PeerEmitter;
  readonly clock: Clock;
  readonly log: Log;
  readonly notices: Notices;
  readonly account: Account;
  readonly accounts: Accounts;
  readonly directory: Directory;
  readonly tracker: TrackerClient;
  readonly store: Store;
  readonly links: Links;
  readonly trust: Trust;
  readonly invites: Invites;
  readonly personal: Personal;
  p2p(): { host: string; port: number };
  /** @throws ParleyError not_signed_in before the device is certified */
  core(): Core;
}

export function peerServices(parts: ServiceParts): PeerServices {
  const { events, clock, log, notices, account, store, personal, core } = parts;
  const seen = new BlockFilter(store, personal.people);
  return {
    events,
    clock,
    log,
    notices: {
      list: () => notices.list().filter(({ username }) => username === undefined || !seen.hides(username as Username)),
      dismiss: (id) => notices.dismiss(id),
    },
    account,
    get p2p() {
      return parts.p2p();
    },
    writer: { append: (post) => core().append(post) },
    history: seen,
    conversations: {
      list: () => core().book.list(),
      get: (id) => core().book.get(id),
      markRead: (id, upTo) => core().book.markRead(id, upTo),
      markUnread: (id, from) => core().book.markUnread(id, from),
      openDirect: (username) => core().book.openDirect(username),
      members: (id) => seen.names(core().social.members(id)),
      setNotify: (id, notify) => personal.setNotify(id, notify),
      typed: (id) => core().social.typing.typed(id),
      receipts: (id) => core().book.receipts(id),
      reads: (id) => core().book.reads(id),
    },
    profiles: {
      of: (username) => (seen.hides(username) ? { username } : core().social.of(username)),
      set: (change) => core().social.set(change),
      picture: (id) => core().social.picture(id, seen.hides),
    },
    preferences: personal.preferences,
    trust: parts.trust,
    invites: parts.invites,
    membership: membership(parts),
    people: people(parts, seen),
  };
}

/** The directory shows which channels are joined, so it hears of each change. */
function membership({ core, directory }: ServiceParts): Membership {
  return {
    joined: () => core().members.joined(),
    join: async (channel) => {
      const id = await core().members.join(channel);
      directory.setJoined(core().members.joined());
      return id;
    },
    leave: async (channel) => {
      await core().members.leave(channel);
      directory.setJoined(core().members.joined());
    },
    setTopic: (channel, topic) => core().social.setTopic(channel, topic),
  };
}

function people({ accounts, directory, tracker, links, personal }: ServiceParts, { hides }: BlockFilter): People {
  return {
    choose: (username, choice) => personal.choose(username, choice),
    hides,
    list: () => directory.people().filter(({ blocked }) => blocked !== true),
    blocked: () => personal.people.blockedNames(),
    channels: () => directory.channels(),
    tracker: () => tracker.view(),
    person: (username) => directory.person(username),
    // Their keys are checked when something is sealed for them.
    find: (username) => accounts.find(username),
    missing: (username) => accounts.missing(username),
    named: (message) => accounts.named(message),
    search: (text) => accounts.search(text),
    connect: async (username, host, port) => {
      const { remote } = await links.dial({ host, port });
      if (sameUser(remote.username, username)) return;
      const text = `At ${host}:${port} is ${remote.username}, not ${username}. Check the address.`;
      throw new ParleyError('identity_mismatch', text);
    },
  };
}
