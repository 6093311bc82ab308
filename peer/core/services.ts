/** What the doors are given: the parts of the peer behind their narrow interfaces. */
import { ParleyError } from '../../protocol/errors.js';
import { OnlineApi } from '../tracker-client/online-api.js';
import { sameUser, type Username } from '../../protocol/ids.js';
import type { HookBook } from '../hooks/book.js';
import { Inviter } from '../invites/inviter.js';
import type { Account, Membership, PeerServices, People } from '../services.js';
import { AccountApi } from '../tracker-client/account-api.js';
import { probeTracker } from '../tracker-client/probe.js';
import type { Core } from './core.js';
import type { Device } from './device.js';
import { Doctor } from './doctor.js';

/** What there is only once the device is certified. */
export type CertifiedServices = Pick<
  PeerServices,
  'writer' | 'conversations' | 'membership' | 'people' | 'profiles' | 'trust' | 'invites' | 'files'
>;

/** @param behind what stands behind it now: doors hold on to this one object, also while the device is being certified */
export function peerServices(
  device: Device,
  account: Account,
  hooks: HookBook,
  behind: () => CertifiedServices,
): PeerServices {
  const { events, clock, log, notices, personal, filter, links, reach } = device;
  const doctor = new Doctor(device, () => behind().people);
  return {
    ...{ events, clock, log, account, hooks, preferences: personal.preferences, history: filter },
    notices: {
      list: () =>
        notices.list().filter(({ username }) => username === undefined || !filter.hides(username as Username)),
      dismiss: (id) => notices.dismiss(id),
    },
    reach: { view: () => reach.view(), examine: (user) => doctor.examine(user) },
    get p2p() {
      return links.address;
    },
    get writer() {
      return behind().writer;
    },
    get conversations() {
      return behind().conversations;
    },
    get membership() {
      return behind().membership;
    },
    get people() {
      return behind().people;
    },
    get profiles() {
      return behind().profiles;
    },
    get trust() {
      return behind().trust;
    },
    get invites() {
      return behind().invites;
    },
    get files() {
      return behind().files;
    },
  };
}

/** Of a device that is not certified yet: nobody is known, and everything else is refused. */
export function uncertifiedServices({ tracker }: Device): CertifiedServices {
  const refused = (): ParleyError => new ParleyError('not_signed_in');
  const refuse = (): never => {
    throw refused();
  };
  return {
    get writer() {
      return refuse();
    },
    get conversations() {
      return refuse();
    },
    get membership() {
      return refuse();
    },
    get profiles() {
      return refuse();
    },
    get trust() {
      return refuse();
    },
    get invites() {
      return refuse();
    },
    get files() {
      return refuse();
    },
    people: {
      tracker: () => tracker.view(),
      list: () => [],
      blocked: () => [],
      hides: () => false,
      channels: () => [],
      person: () => undefined,
      named: () => undefined,
      find: () => Promise.reject(refused()),
      missing: () => Promise.reject(refused()),
      search: () => Promise.reject(refused()),
      watch: () => undefined,
      onlineIn: () => Promise.resolve(undefined),
      connect: () => Promise.reject(refused()),
      choose: refuse,
    },
  };
}

export function certifiedServices(device: Device, core: Core): CertifiedServices {
  const { personal, filter } = device;
  const { writer, trust, files, book, social } = core;
  return {
    writer,
    trust,
    files,
    conversations: {
      coming: () => core.progress.view(),
      list: () => book.list(),
      get: (id) => book.get(id),
      markRead: (id, upTo) => book.markRead(id, upTo),
      markUnread: (id, from) => book.markUnread(id, from),
      openDirect: (username) => book.openDirect(username),
      members: (id) => filter.names(core.membersOf(id)),
      setNotify: (id, notify) => personal.setNotify(id, notify),
      setAutoFetch: (id, auto) => personal.setAutoFetch(id, auto),
      setRetention: (id, days) => personal.setRetention(id, days),
      typed: (id) => social.typing.typed(id),
      receipts: (id) => book.receipts(id),
      reads: (id) => book.reads(id),
    },
    profiles: {
      of: (username) => (filter.hides(username) ? { username } : social.of(username)),
      set: (change) => social.set(change),
      picture: (id) => social.picture(id, filter.hides),
    },
    invites: inviter(device),
    membership: membership(core),
    people: people(device, core),
  };
}

/** The directory shows which channels are joined, so it hears of each change. */
function membership({ members, social, directory }: Core): Membership {
  return {
    joined: () => members.joined(),
    join: async (channel) => {
      try {
        return await members.join(channel);
      } finally {
        // Also where the tracker refuses: it is joined here.
        directory.setJoined(members.joined());
      }
    },
    leave: async (channel) => {
      await members.leave(channel);
      directory.setJoined(members.joined());
    },
    setTopic: (channel, topic) => social.setTopic(channel, topic),
  };
}

function people(
  { identity, personal, filter, tracker, links, relayOnly }: Device,
  { directory, accounts, following }: Core,
): People {
  return {
    choose: (username, choice) => {
      if (sameUser(username, identity.username))
        throw new ParleyError('bad_request', 'That is you. Choose somebody else.');
      const known = directory.person(username);
      if (!known) throw new ParleyError('unknown_user');
      personal.people.choose(known.username as Username, choice);
    },
    hides: filter.hides,
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
    watch: (usernames) => following.show(usernames),
    onlineIn: async (channel) => {
      if (!following.isPart) return undefined;
      // Without the tracker's word those are named who are known here.
      return new OnlineApi((call) => tracker.ask(call)).members(channel).catch(() => undefined);
    },
    connect: async (username, host, port) => {
      if (relayOnly) {
        const text = 'You hide your address, so nobody is dialled. Turn that off first (settings, Privacy).';
        throw new ParleyError('bad_request', text);
      }
      const { remote } = await links.dial({ host, port });
      if (sameUser(remote.username, username)) return;
      const text = `At ${host}:${port} is ${remote.username}, not ${username}. Check the address.`;
      throw new ParleyError('identity_mismatch', text);
    },
  };
}

function inviter({ config, clock, settings, tracker }: Device): Inviter {
  const { trackerCa } = config;
  const api = new AccountApi((call) => tracker.ask(call));
  return new Inviter({
    trackers: () => tracker.trackers(),
    current: () => tracker.view().url,
    pinned: () => settings.data.pins.ca,
    signUp: () => api.signUp(),
    makeCode: (wanted) => api.makeCode(wanted),
    probe: (address) => probeTracker(address, { clock, timeoutMs: 2_000, trackerCa }),
  });
}
