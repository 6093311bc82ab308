/**
 * One user's peer: everything but the doors. A class without globals: a process may host many. It is there before the
 * user has ever signed in (then it has no certificate and no history), and grows its core when the tracker certifies it.
 */
import { EventEmitter } from 'node:events';
import { join } from 'node:path';
import { ParleyError } from '../protocol/errors.js';
import type { ChannelName } from '../protocol/ids.js';
import type { TrackerEvent } from '../protocol/tracker-api.js';
import type { PeerConfig } from './config.js';
import { localAccount } from './core/account.js';
import { Certification } from './core/certification.js';
import { Core } from './core/core.js';
import type { Continuity } from './core/continuity.js';
import { openParts, type OpenParts } from './core/opening.js';
import { Personal } from './core/personal.js';
import { Reach } from './core/reach.js';
import { socialSurroundings } from './core/social-surroundings.js';
import { peerServices } from './core/services.js';
import { openAccounts, trackerClient } from './core/tracker.js';
import type { Identity } from './identity/identity.js';
import { Inviter } from './invites/inviter.js';
import type { Accounts } from './people/accounts.js';
import { Directory } from './people/directory.js';
import type { PeerEvents, PeerServices, Log } from './services.js';
import type { Document } from './settings/document.js';
import { NoticeBoard } from './settings/notice-board.js';
import { caFingerprint } from './settings/pins.js';
import type { Secrets } from './settings/secrets.js';
import type { Settings } from './settings/settings.js';
import type { Store } from './store/store.js';
import { acceptTracker } from './setup/accept.js';
import { openTrust, type OpenTrust } from './trust/open-trust.js';
import { probeTracker } from './tracker-client/probe.js';
import { MailboxApi } from './tracker-client/mailbox-api.js';
import type { TrackerClient } from './tracker-client/tracker-client.js';

/** Why a peer is to be closed and opened anew: what it found on its disk, what became of its tracker, or that it is a copy. */
export type WhyOver = 'damaged' | 'tracker' | 'copied';

export class Peer {
  readonly services: PeerServices;
  readonly secrets: Document<Secrets>;
  private readonly events = new EventEmitter<PeerEvents>();
  private readonly clock = { now: () => Date.now() };
  private readonly identity: Identity;
  private readonly continuity: Continuity;
  private readonly store: Store;
  readonly settings: Document<Settings>;
  private readonly notices: NoticeBoard;
  private readonly trust: OpenTrust;
  private readonly personal: Personal;
  private readonly directory: Directory;
  private readonly accounts: Accounts;
  private readonly reach: Reach;
  private readonly tracker: TrackerClient;
  private core: Core | undefined;
  private readonly certification = new Certification();
  private closing = false;

  /**
   * @param over now or later: close this peer and open it anew
   * @throws as `openParts`
   */
  static async open(config: PeerConfig, log: Log, over: (why: WhyOver) => void = () => undefined): Promise<Peer> {
    const parts = await openParts(config, log, () => over('damaged'));
    try {
      return new Peer(config, log, parts, over);
    } catch (error) {
      parts.store.close();
      throw error;
    }
  }

  private constructor(
    private readonly config: PeerConfig,
    private readonly log: Log,
    { store, identity, continuity, settings, secrets }: OpenParts,
    private readonly over: (why: WhyOver) => void,
  ) {
    this.events.setMaxListeners(0);
    this.store = store;
    this.identity = identity;
    this.settings = settings;
    this.secrets = secrets;
    const { events, clock } = this;
    this.notices = new NoticeBoard({
      store: settings,
      clock,
      events: { notice: (notice) => events.emit('notice', notice), removed: (id) => events.emit('notice_removed', id) },
    });
    this.continuity = continuity(this.notices, () => over('copied'));
    this.trust = openTrust({
      identity,
      store,
      settings,
      notices: this.notices,
      clock,
      log,
      links: () => this.reach.links.all(),
      tracker: () => this.tracker,
      core: () => this.core,
      changed: (username) => this.directory.changed(username),
    });
    this.personal = new Personal({
      self: identity.username,
      settings,
      events,
      clock,
      directory: () => this.directory,
      core: () => this.core,
      announce: () => this.tracker.announce(),
    });
    this.directory = new Directory({
      self: { username: identity.username, device: identity.device },
      contacts: store.contacts,
      joined: [],
      events: {
        person: (person) => events.emit('person', person),
        channel: (channel) => events.emit('channel', channel),
      },
      clock,
      log,
      verified: (user) => this.trust.pins.isVerified(user),
      ownStatus: () => this.personal.status,
      chosen: (user) => this.personal.people.of(user),
      said: (user) => this.core?.social.profiles.facts(user) ?? {},
      topic: (channel) => this.core?.social.topics.of(channel as ChannelName)?.message,
      hiddenIn: (channel) => this.core?.social.hiddenIn(channel) ?? 0,
    });
    this.personal.introduce();
    const { directory, trust } = this;
    this.reach = new Reach({
      ...{ config, identity, directory, trust, clock, log, notices: this.notices },
      askTracker: () => this.tracker.announce(),
      core: () => this.core,
    });
    this.tracker = this.makeTracker();
    this.accounts = openAccounts(this.tracker, { store: store.knownAccounts, directory, clock, log });
    if (identity.certificate) this.grow();
    this.services = this.makeServices();
  }

  /** Whether this CA (its fingerprint) was pinned in an earlier era. */
  formerly(ca: string): boolean {
    return this.identity.formers.some((former) => caFingerprint(former.ca) === ca);
  }

  /** Opens the P2P port. @throws the system's error when it is in use */
  async listen(): Promise<void> {
    await this.reach.listen();
  }

  /** Begins to look for the tracker and for the others. */
  connect(): void {
    this.continuity.start();
    this.tracker.start();
    this.reach.look();
  }

  /** Resolves when the tracker has said whether this is a copy, or is not to be asked now. */
  firstWord(): Promise<void> {
    return this.continuity.firstWord(this.events, this.tracker.view());
  }

  async close(): Promise<void> {
    if (this.closing) return;
    this.closing = true;
    this.continuity.stop();
    await this.reach.stopLooking();
    await this.core?.mail.finish();
    await this.continuity.farewell(this.tracker);
    await this.tracker.stop();
    await this.core?.mail.close();
    await this.reach.links.close();
    this.core?.close();
    this.personal.close();
    const flushed = await Promise.allSettled([this.settings.flush(), this.secrets.flush()]);
    for (const { status, ...why } of flushed) if (status === 'rejected') this.log.error(why, 'settings were not saved');
    this.store.close();
  }

  /** The tracker has certified this device, now or in an earlier life: there is a history to read and to write. */
  private grow(): Core {
    const { config, identity, store, events, clock, log, tracker, directory } = this;
    const core = new Core({
      ...{ identity, store, events, clock, logger: log, tracker, space: config.space, rates: config.rates },
      mail: {
        tracker: new MailboxApi((call) => tracker.ask(call), identity.device),
        directory: join(config.dataDir, 'identity'),
      },
      firstWrite: this.continuity.firstWrite,
      refusal: () => this.reach.clocks.refusal(identity.certificate),
      forks: this.continuity.forForks,
      isKnown: (username) => directory.person(username) !== undefined,
      wanted: (username) => this.reach.wanted(username),
      notify: (notice) => this.notices.raise(notice),
      dismiss: (id) => this.notices.dismiss(id),
      person: (user) => directory.person(user),
      ...this.trust.forCore,
      ...this.personal.forCore,
      social: socialSurroundings(this.personal, directory, tracker),
    });
    this.core = core;
    for (const username of core.social.profiles.users()) directory.changed(username);
    directory.setJoined(core.members.joined());
    this.certification.done();
    this.continuity.grown((post) => core.append(post));
    return core;
  }

  private certain(): Core {
    if (!this.core) throw new ParleyError('not_signed_in');
    return this.core;
  }

  private makeTracker(): TrackerClient {
    const { config, identity, secrets, trust, directory, events, clock, log } = this;
    return trackerClient({
      ...{ config, identity, secrets, clock, log, pins: trust.pins, clocks: this.reach.clocks },
      p2p: () => this.reach.p2p,
      channels: () => this.core?.members.joined() ?? [],
      ...this.continuity.forTracker,
      status: () => this.personal.status,
      tracker: (view) => {
        directory.tracker(view.state);
        events.emit('tracker', view);
        this.core?.mail.tracker(view.state === 'connected');
      },
      certified: (issued) => this.certified(issued),
      heard: (event) => this.heard(event),
    });
  }

  private async certified(issued: { certificate: string; ca: string }): Promise<void> {
    // A person may have removed the pin by hand. The key has served under the former authority, and serves no other.
    if (this.identity.isForeign(issued.ca)) {
      this.over('tracker');
      throw new ParleyError('unavailable', 'This device begins anew with its tracker. Try again in a moment.');
    }
    await this.identity.keep(issued, this.clock.now());
    this.reach.links.updateCredentials();
    if (this.core) this.core.announceCertificate();
    else this.grow();
    this.reach.look();
  }

  private heard(event: TrackerEvent): void {
    this.directory.heard(event);
    this.accounts.heard(event);
    this.trust.book.heard(event);
    if (event.type === 'mailbox') this.core?.mail.arrived();
    if (event.type === 'snapshot') {
      this.core?.members.heard(event.channels.flatMap(({ name, joined }) => (joined ? [name as ChannelName] : [])));
      this.core?.social.tracker(event.channels);
    }
    this.reach.look();
  }

  private inviter(): Inviter {
    const { config, clock, settings, tracker } = this;
    const { trackers, trackerCa } = config;
    return new Inviter({
      trackers,
      current: () => tracker.view().url,
      pinned: () => settings.data.pins.ca,
      probe: (address) => probeTracker(address, { clock, timeoutMs: 2_000, trackerCa }),
    });
  }

  private makeServices(): PeerServices {
    const { events, clock, log, identity, directory, tracker, notices, secrets, store, reach, trust } = this;
    return peerServices({
      ...{ events, clock, log, notices, directory, tracker, store, accounts: this.accounts },
      links: reach.links,
      invites: this.inviter(),
      trust: trust.book,
      personal: this.personal,
      p2p: () => this.reach.p2p,
      core: () => this.certain(),
      account: localAccount({
        identity,
        secrets,
        tracker,
        ready: () => this.core !== undefined,
        whenReady: () => this.certification.wait(),
        accept: async (ca, password, register) => {
          const { config, settings } = this;
          await acceptTracker({ config, settings, secrets, clock, identity }, { ca, password, register });
          setImmediate(() => this.over('tracker')); // After the answer.
        },
      }),
    });
  }
}
