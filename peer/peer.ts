/**
 * One user's peer: everything but the doors. A class without globals: a process may host many. It is there before the
 * user has ever signed in (then it has no certificate and no history), and grows its core when the tracker certifies it.
 */
import { EventEmitter } from 'node:events';
import { join } from 'node:path';
import { ParleyError } from '../protocol/errors.js';
import { sameUser, type ChannelName, type Username } from '../protocol/ids.js';
import type { TrackerEvent } from '../protocol/tracker-api.js';
import type { PeerConfig } from './config.js';
import { localAccount } from './core/account.js';
import { bindHost } from './core/addresses.js';
import { Certification } from './core/certification.js';
import { Core } from './core/core.js';
import { Dialler, troubleOf, worthDialling } from './core/dialler.js';
import { peerServices } from './core/services.js';
import { trackerClient } from './core/tracker.js';
import { Identity } from './identity/identity.js';
import { Links } from './link/links.js';
import { linkLimits, type DownReason, type Link } from './link/types.js';
import { neededDevices } from './mesh/waiting.js';
import { Directory } from './people/directory.js';
import type { PeerEvents, PeerServices, Log } from './services.js';
import type { Document } from './settings/document.js';
import { NoticeBoard } from './settings/notice-board.js';
import { openSecrets, type Secrets } from './settings/secrets.js';
import { openSettings, type Settings } from './settings/settings.js';
import { Store } from './store/store.js';
import { openTrust, type OpenTrust } from './trust/open-trust.js';
import type { TrackerClient } from './tracker-client/tracker-client.js';

interface Opened {
  readonly store: Store;
  readonly identity: Identity;
  readonly settings: Document<Settings>;
  readonly secrets: Document<Secrets>;
}

export class Peer {
  readonly services: PeerServices;
  readonly secrets: Document<Secrets>;
  private readonly events = new EventEmitter<PeerEvents>();
  private readonly clock = { now: () => Date.now() };
  private readonly identity: Identity;
  private readonly store: Store;
  private readonly settings: Document<Settings>;
  private readonly notices: NoticeBoard;
  private readonly trust: OpenTrust;
  private readonly links: Links;
  private readonly directory: Directory;
  private readonly dialler: Dialler;
  private readonly tracker: TrackerClient;
  private core: Core | undefined;
  private readonly certification = new Certification();
  private readonly upSince = new Map<number, number>();
  private p2p = { host: '', port: 0 };
  private closing = false;

  /** @throws ParleyError `unavailable` when another process has the data directory, SettingsError */
  static async open(config: PeerConfig, log: Log): Promise<Peer> {
    // First the store: it holds the lock on the directory.
    const timers = { setTimeout, clearTimeout: (timer: unknown) => clearTimeout(timer as NodeJS.Timeout) };
    const failed = (err: unknown): void => log.error({ err }, 'background work on the history failed');
    const store = new Store({ directory: config.dataDir, now: Date.now(), timers, failed });
    try {
      const [identity, settings, secrets] = await Promise.all([
        Identity.open({ directory: join(config.dataDir, 'identity'), username: config.username }),
        openSettings(config.dataDir, log),
        openSecrets(config.dataDir, log),
      ]);
      return new Peer(config, log, { store, identity, settings, secrets });
    } catch (error) {
      store.close();
      throw error;
    }
  }

  private constructor(
    private readonly config: PeerConfig,
    private readonly log: Log,
    { store, identity, settings, secrets }: Opened,
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
    this.trust = openTrust({
      identity,
      store,
      settings,
      notices: this.notices,
      clock,
      log,
      links: () => this.links.all(),
      tracker: () => this.tracker,
      core: () => this.core,
      changed: (username) => this.directory.trustChanged(username),
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
    });
    this.links = this.makeLinks();
    this.dialler = this.makeDialler();
    this.tracker = this.makeTracker();
    if (identity.certificate) this.grow();
    this.services = this.makeServices();
  }

  /** Opens the P2P port. @throws the system's error when it is in use */
  async listen(): Promise<void> {
    const host = bindHost(this.config.host, this.config.trackers);
    this.p2p = await this.links.listen({ host, port: this.config.peerPort });
  }

  /** Begins to look for the tracker and for the others. */
  connect(): void {
    this.tracker.start();
    this.dialler.look();
  }

  async close(): Promise<void> {
    if (this.closing) return;
    this.closing = true;
    this.dialler.stop();
    await this.tracker.stop();
    await this.links.close();
    this.core?.close();
    await Promise.all([this.settings.flush(), this.secrets.flush()]);
    this.store.close();
  }

  /** The tracker has certified this device, now or in an earlier life: there is a history to read and to write. */
  private grow(): Core {
    const { identity, store, events, clock, log, tracker, directory } = this;
    const core = new Core({
      identity,
      store,
      events,
      clock,
      logger: log,
      tracker: {
        addList: (channel) => tracker.addList(channel),
        leave: (channel) => tracker.leave(channel),
      },
      isKnown: (username) => directory.person(username) !== undefined,
      wanted: (username) => this.wanted(username),
      notify: (notice) => this.notices.raise(notice),
      dismiss: (id) => this.notices.dismiss(id),
      person: (user) => directory.person(user),
      ...this.trust.forCore,
    });
    this.core = core;
    directory.setJoined(core.members.joined());
    this.certification.done();
    return core;
  }

  private certain(): Core {
    if (!this.core) throw new ParleyError('not_signed_in');
    return this.core;
  }

  private makeLinks(): Links {
    const { keylog, linkTimeoutMs } = this.config;
    return new Links({
      identity: this.identity,
      limits: linkLimits(linkTimeoutMs),
      clock: this.clock,
      timers: { setTimeout, clearTimeout: (timer) => clearTimeout(timer as NodeJS.Timeout) },
      log: this.log,
      revoked: (device) => this.trust.revoked(device),
      channels: () => this.core?.members.joined() ?? [],
      ...(keylog ? { keylog } : {}),
      events: {
        up: (link) => this.linkUp(link),
        messages: (link, messages) => {
          this.core?.messages(link, messages);
          this.trust.book.messages(link, messages);
        },
        drain: (link) => this.core?.drain(link),
        down: (link, reason) => this.linkDown(link, reason),
      },
    });
  }

  private linkUp(link: Link): void {
    const { username, device } = link.remote;
    this.log.info({ peer: username, device, dialled: link.dialled }, `linked with ${username}`);
    this.upSince.set(link.id, this.clock.now());
    this.directory.linked(device, username, link.dialled ? link.address : undefined);
    this.core?.up(link);
    this.trust.book.up(link);
  }

  private linkDown(link: Link, reason: DownReason): void {
    const { username, device } = link.remote;
    this.log.info({ peer: username, device, code: reason.code }, `link with ${username} ended: ${reason.message}`);
    const since = this.upSince.get(link.id) ?? this.clock.now();
    this.upSince.delete(link.id);
    this.core?.down(link);
    this.trust.book.down(link);
    this.directory.unlinked(device, { code: reason.code, address: link.address });
    if (!this.closing) this.dialler.down(device, this.clock.now() - since);
  }

  private makeDialler(): Dialler {
    return new Dialler({
      self: this.identity.device,
      candidates: () => (this.core ? worthDialling(this.candidates()) : []),
      linked: () => new Set([...this.links.all()].map(({ remote }) => remote.device)),
      needed: () => neededDevices(this.identity.username, this.core?.waiting() ?? [], this.directory.candidates()),
      channels: () => this.core?.members.joined() ?? [],
      dial: (target) => this.links.dial(target),
      failed: ({ username, device, addresses }, error) => {
        const { code, message } = troubleOf(error);
        this.log.debug({ peer: username, device, code }, message);
        this.directory.dialFailed(device, { code, address: addresses.at(-1) });
      },
      clock: this.clock,
      timers: { setTimeout, clearTimeout: (timer) => clearTimeout(timer as NodeJS.Timeout) },
      random: Math.random,
    });
  }

  private candidates(): ReturnType<Directory['candidates']> {
    return this.directory.candidates().filter(({ device }) => !this.trust.revoked(device));
  }

  /** A direct message waits for somebody to whom there is no link. */
  private wanted(username: Username): void {
    const devices = this.directory.candidates().filter((candidate) => sameUser(candidate.username, username));
    if (devices.length > 0) this.dialler.need(devices.map(({ device }) => device));
  }

  private makeTracker(): TrackerClient {
    const { config, identity, secrets, trust, notices, directory, events, clock, log } = this;
    return trackerClient({
      config,
      identity,
      secrets,
      pins: trust.pins,
      notices,
      clock,
      log,
      p2p: () => this.p2p,
      channels: () => this.core?.members.joined() ?? [],
      tracker: (view) => {
        directory.tracker(view.state);
        events.emit('tracker', view);
      },
      certified: (issued) => this.certified(issued),
      heard: (event) => this.heard(event),
    });
  }

  private async certified(issued: { certificate: string; ca: string }): Promise<void> {
    // The pin in the settings decides which CA is believed; a person may remove it there.
    await this.identity.keep(issued, { acceptNewAuthority: true });
    this.links.updateCredentials();
    if (this.core) this.core.announceCertificate();
    else this.grow();
  }

  private heard(event: TrackerEvent): void {
    this.directory.heard(event);
    this.trust.book.heard(event);
    if (event.type === 'snapshot') {
      const joined = event.channels.filter((channel) => channel.joined).map(({ name }) => name as ChannelName);
      this.core?.members.heard(joined);
    }
    this.dialler.look();
  }

  private makeServices(): PeerServices {
    const { events, clock, log, identity, directory, tracker, notices, secrets, store, links, trust } = this;
    return peerServices({
      events,
      clock,
      log,
      notices,
      directory,
      tracker,
      store,
      links,
      trust: trust.book,
      p2p: () => this.p2p,
      core: () => this.certain(),
      account: localAccount({
        identity,
        secrets,
        tracker,
        ready: () => this.core !== undefined,
        whenReady: () => this.certification.wait(),
      }),
    });
  }
}
