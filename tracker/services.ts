/** The parts of a tracker, and the one place where they are made: from bottom to top, each from the parts before it. */
import { randomBytes, X509Certificate } from 'node:crypto';
import { RELAY_PATH } from '../protocol/circuit.js';
import { ParleyError } from '../protocol/errors.js';
import { userKey } from '../protocol/ids.js';
import { Accounts } from './accounts.js';
import { Administration } from './administration/administration.js';
import { ChannelAdministration } from './administration/channel-administration.js';
import { AuditLog } from './administration/audit.js';
import { AccountWords } from './administration/account-words.js';
import { InviteReturns } from './administration/invite-returns.js';
import { Invites } from './administration/invites.js';
import { SettingsBook } from './administration/settings-book.js';
import { SettingsFile, SharedSettings } from './administration/settings-shelf.js';
import { ResetLinks } from './administration/reset-links.js';
import { makeTransport } from './ask.js';
import { Authority, type AuthoritySecrets } from './authority.js';
import { logFailure, repeat } from './background.js';
import { Challenges } from './challenges.js';
import { Channels } from './channels.js';
import { Circuits } from './circuits.js';
import { systemClock, type Clock } from './clock.js';
import { defaultTimings, type Timings, type TrackerConfig } from './config.js';
import { DailyLimits } from './daily-limits.js';
import type { DataDir } from './data-dir.js';
import { DeviceDetails } from './device-details.js';
import { DeviceSessions } from './device-sessions.js';
import { Devices } from './devices.js';
import { Directory } from './directory.js';
import { Events } from './events.js';
import { FailedLogins } from './failed-logins.js';
import { Guests } from './guests.js';
import { LastSeen } from './last-seen.js';
import type { Log } from './log.js';
import { Mailboxes } from './mailbox.js';
import { createMetrics, type Metrics } from './metrics.js';
import { Argon2Hasher } from './password-hasher.js';
import { OtherRelays, relaysOf } from './relay/other-relays.js';
import { ReachChecks } from './reach-checks.js';
import { Relay, relayLimits } from './relay/relay.js';
import type { TlsFiles } from './server.js';
import { Sessions } from './sessions.js';
import type { Retry } from './retry.js';
import type { RunningSettings } from './settings.js';
import { registrationOf, settingsFor } from './start-settings.js';
import type { StoreStates } from './store/notes.js';
import type { TrackerStore } from './store/tracker-store.js';
import { Users } from './users.js';

/** Everything that the routes work with. */
export interface Services {
  accounts: Accounts;
  administration: Administration;
  invites: Invites;
  resets: ResetLinks;
  audit: AuditLog;
  authority: Authority;
  channels: Channels;
  channelAdministration: ChannelAdministration;
  circuits: Circuits;
  clock: Clock;
  devices: Devices;
  deviceDetails: DeviceDetails;
  deviceSessions: DeviceSessions;
  directory: Directory;
  events: Events;
  failedLogins: FailedLogins;
  guests: Guests;
  log: Log;
  mailboxes: Mailboxes;
  metrics: Metrics;
  reachChecks: ReachChecks;
  /** Set once they listen: that of all calls, and that of `/reflect` alone. */
  readonly ports: { main?: number; reflect?: number };
  /** Absent: this tracker relays for nobody. */
  relay?: Relay | undefined;
  sessions: Sessions;
  settings: RunningSettings;
  settingsBook: SettingsBook;
  /** Whether the store can be written. */
  states: StoreStates;
  timings: Timings;
  users: Users;
  /** Absent: plain HTTP. */
  tls?: TlsFiles | undefined;
}

export interface ServicesInput {
  config: TrackerConfig;
  dataDir: DataDir;
  log: Log;
  store: TrackerStore;
  authority: AuthoritySecrets;
  /** Addresses of all trackers of the cluster; none for a tracker alone. */
  members: readonly string[];
  /** That of this one, where it is known. */
  own?: string | undefined;
  retry: Retry;
  tls: TlsFiles | undefined;
}

/** `stop` ends all timers and sockets, and writes what is still in memory; the store must be open. Errors: StartError. */
export async function createServices(input: ServicesInput) {
  const { config, dataDir, log, store, members, retry, tls } = input;
  const clock = systemClock;
  const settings = await settingsFor(config, dataDir, members);
  const { limits } = settings;
  const timings = { ...defaultTimings, ...config.timings };

  // What is stored.
  const authority = await Authority.open(input.authority, { clock, randomBytes });
  const daily = new DailyLimits({ store: store.dailyCounts, clock });
  const devices = await Devices.open({
    ...{ store: store.devices, authority, clock, daily },
    maxPerUser: limits.devicesPerAccount,
    maxADay: limits.devicesPerDay,
    maxIssuedADay: limits.certificatesPerDay,
  });
  const channels = await Channels.open(
    {
      ...{ store: store.channels, clock, daily, authority },
      maxCreated: limits.channelsPerAccount,
      maxCreatedADay: limits.channelsPerDay,
      maxJoinedADay: limits.joinsPerDay,
      isGuest: async (user) => (await store.accounts.find(user))?.guest !== undefined,
    },
    settings.initialChannels,
    retry,
  );
  const mailboxes = new Mailboxes({
    ...{ store, clock },
    maxBytes: limits.mailboxKib * 1024,
    maxSentADay: limits.letterKibPerDay * 1024,
  });
  const invites = new Invites({
    ...{ records: store.records, clock, randomBytes },
    hasAdmin: async () => (await store.accounts.admins()).length > 0,
  });
  const returns = new InviteReturns({ invites, clock });
  const hasher = new Argon2Hasher();
  const audit = new AuditLog({ records: store.records, clock, randomBytes });
  const accounts = new Accounts({
    ...{ store: store.accounts, hasher, clock, settings, invites, returns, limits },
    becameAdmin: (username) => audit.add(username, 'use_setup', username),
  });
  const sessions = new Sessions({ store: store.sessions, clock, randomBytes, maxPerUser: limits.sessionsPerAccount });
  const failedLogins = new FailedLogins({ max: limits.failedLoginsPerAccount, clock, notes: store.notes });
  const challenges = new Challenges(authority.challengeKey, clock);
  const deviceSessions = new DeviceSessions({ store, sessions, authority, challenges, clock });
  const guests = new Guests({ ...{ accounts, sessions, store, clock, settings }, maxADay: limits.guestsPerDay });

  // Who is online, and who hears of it.
  const directory = await Directory.open({
    presence: store.presence,
    clock,
    random: Math.random,
    expiryMs: timings.presenceExpiry,
    graceMs: timings.eventsCloseGrace,
    maxPerUser: limits.peersPerAccount,
  });
  const seen = new LastSeen({ store, directory, clock });
  const deviceDetails = new DeviceDetails({ store: store.devices, devices, seen });
  const resets = new ResetLinks({ records: store.records, clock, randomBytes });
  const fixed = (['guests', 'registration'] as const).filter((key) => config[key] !== undefined);
  const isCluster = config.cluster !== undefined;
  const settingsBook = await SettingsBook.open({
    ...{ running: settings, fixed, isCluster, registrationOf: registrationOf(config, settings.isLocal) },
    shelf: isCluster
      ? new SharedSettings(store.records, log)
      : new SettingsFile(dataDir.file('settings.json'), store.records),
    retry,
    failed: (error) => log.error({ err: error }, 'what was changed at another tracker does not hold here yet'),
  });
  const administration = new Administration({
    ...{ store, accounts, sessions, devices, deviceDetails, directory, audit, clock },
    ...{ resets, invites, settings: settingsBook },
  });
  const channelAdministration = new ChannelAdministration({ channels, store, directory, audit });
  const failed = (what: string) => (error: unknown) => logFailure(log, error, what);
  const accountWords = await AccountWords.open(
    { store: store.accounts, authority },
    failed('peers are not told that an account is disabled, or used again'),
  );
  const users = new Users({ store: store.accounts, directory, seen, settings, words: accountWords });
  const events = new Events({
    ...{ directory, channels, devices, accountWords, clock, log, timings, trackers: settings.trackers },
    ...{ random: Math.random, randomBytes },
  });
  const ca = new X509Certificate(authority.certificate);
  const relayAddress = input.own === undefined ? undefined : relayAddressAt(input.own);
  const relay = settings.relay.enabled
    ? new Relay({
        ...{ name: () => RELAY_PATH, address: relayAddress, authority: ca.publicKey, clock, log },
        limits: relayLimits(settings.relay),
      })
    : undefined;
  const otherRelays = new OtherRelays({
    ...{ relays: relaysOf(settings.relays), ca: ca.fingerprint256, clock, random: Math.random, log },
    transport: makeTransport(Infinity, undefined),
  });
  const circuits = new Circuits({
    ...{ authority, devices, directory, events, clock, randomBytes, relayAddress },
    notes: store.notes,
    relayFor: (account) => {
      const other = otherRelays.pick();
      if (other !== undefined) return other;
      if (!relay && settings.relays.length > 0) throw new ParleyError('relay_full');
      if (!relay) throw new ParleyError('relay_off');
      if (!relay.hasRoom(account)) throw new ParleyError('relay_full');
      return RELAY_PATH;
    },
  });
  const metrics = createMetrics({
    circuits: () => relay?.size ?? 0,
    relayedBytes: () => relay?.bytes ?? 0,
    peers: () => directory.size,
    sockets: () => events.size,
    sessions: () => store.sessions.count(),
    accounts: () => store.accounts.count(),
  });

  // What lower parts announce to higher ones.
  showMembership(channels, directory, log);
  sessions.watch((hash) => events.endSession(hash));
  devices.watch(({ device, user }, revocation) => {
    events.deviceRevoked(user, `d:${device}`, revocation);
    directory.remove(`d:${device}`).catch(failed('a revoked device is still on the list'));
  });
  accounts.watch((username) => {
    if (settings.userList === 'everyone') events.registered(username);
  });
  accountWords.watch((word) => events.accountChanged(word));
  accounts.watchStates(({ key, state }) => {
    if (state === undefined) return;
    events.endAccount(key);
    for (const peer of directory.keysOf(key)) {
      directory.remove(peer).catch(failed('a peer of a disabled account is still on the list'));
    }
  });
  const unwatchMailboxes = store.mailboxes.watch(({ user, device }) => events.mailArrived(user, `d:${device}`));

  // Guests come after sessions: whose session has just expired is gone.
  const prune = async () => {
    for (const each of [sessions, mailboxes, guests, audit]) await each.prune();
  };
  const stopPruning = repeat(timings.prune, 'expired sessions and letters are removed', prune, log);
  const stopWritingSeen = repeat(timings.seen, 'last-seen times are written', () => seen.flush(), log);
  const stop = async () => {
    stopPruning();
    stopWritingSeen();
    unwatchMailboxes();
    returns.stop();
    metrics.stop();
    await events.close(timings.stop);
    await relay?.close(timings.stop);
    otherRelays.close();
    await seen.close().catch((error: unknown) => logFailure(log, error, 'last-seen times were not written'));
  };
  const stored = {
    ...{ accounts, administration, invites, resets, audit, authority, channels, channelAdministration },
    ...{ devices, deviceDetails, deviceSessions, failedLogins, guests, mailboxes, sessions },
  };
  const services: Services = {
    ...stored,
    circuits,
    directory,
    users,
    events,
    metrics,
    ports: {},
    reachChecks: new ReachChecks({ ca: authority.certificate, clock }),
    relay,
    clock,
    log,
    settings,
    settingsBook,
    states: store.states,
    timings,
    tls,
  };
  return { services, stop };
}

function relayAddressAt(tracker: string): string {
  const url = new URL(`.${RELAY_PATH}`, tracker.endsWith('/') ? tracker : `${tracker}/`);
  url.protocol = url.protocol === 'https:' ? 'wss:' : 'ws:';
  return url.href;
}

/** When somebody joins or leaves a channel, their peers on the list show it. */
function showMembership(channels: Channels, directory: Directory, log: Log): void {
  channels.watch((change) => {
    if (change.type === 'updated' || directory.keysOf(userKey(change.user)).length === 0) return;
    channels
      .ofUser(change.user)
      .then((names) => directory.setChannels(change.user, names))
      .catch((error: unknown) => logFailure(log, error, 'the list of peers does not show a changed membership'));
  });
}
