/** How this peer and the others reach each other: links, whom to dial and where, and the local network. */
import { sameUser, type DeviceId, type Username } from '../../protocol/ids.js';
import type { Address } from '../../protocol/tracker-api.js';
import type { PeerConfig } from '../config.js';
import type { Identity } from '../identity/identity.js';
import { Lan } from '../lan/lan.js';
import { withAlleged } from '../lan/alleged.js';
import { Links } from '../link/links.js';
import { linkLimits, type DownReason, type Link } from '../link/types.js';
import { neededDevices } from '../mesh/waiting.js';
import type { Directory } from '../people/directory.js';
import type { Clock, Log } from '../services.js';
import { caFingerprint } from '../settings/pins.js';
import type { OpenTrust } from '../trust/open-trust.js';
import { bindHost } from './addresses.js';
import { ClockWatch, type ClockWatchOptions } from './clock-watch.js';
import type { Core } from './core.js';
import { Dialler, troubleOf, worthDialling, type Candidate } from './dialler.js';

export interface ReachParts {
  readonly config: PeerConfig;
  readonly identity: Identity;
  readonly directory: Directory;
  readonly trust: OpenTrust;
  readonly clock: Clock;
  readonly log: Log;
  readonly notices: ClockWatchOptions['notices'];
  readonly askTracker: () => void;
  /** Undefined before this device is certified. */
  core(): Core | undefined;
}

const timers = { setTimeout, clearTimeout: (timer: unknown) => clearTimeout(timer as NodeJS.Timeout) };

export class Reach {
  readonly links: Links;
  /** What the clocks of others show, and whose is wrong. */
  readonly clocks: ClockWatch;
  /** Where others dial; the port is 0 before `listen`. */
  p2p: Address = { host: '', port: 0 };
  private readonly dialler: Dialler;
  private readonly lan: Lan;
  private readonly upSince = new Map<number, number>();
  private closing = false;

  constructor(private readonly parts: ReachParts) {
    this.clocks = this.makeClocks();
    this.links = this.makeLinks();
    this.dialler = this.makeDialler();
    const { identity, config, clock, log } = parts;
    this.lan = new Lan({
      device: identity.device,
      wanted: config.lan,
      p2p: () => this.p2p,
      ca: () => (identity.caPem === undefined ? undefined : caFingerprint(identity.caPem)),
      found: () => this.dialler.look(),
      clock,
      log,
    });
  }

  /** Opens the P2P port. @throws the system's error when it is in use */
  async listen(): Promise<void> {
    const { config } = this.parts;
    this.p2p = await this.links.listen({ host: bindHost(config.host, config.trackers), port: config.peerPort });
  }

  /** Begins to look for the others; to be called again when candidates have changed, or this device is certified. */
  look(): void {
    this.lan.start();
    this.clocks.start();
    this.dialler.look();
  }

  /** Dials nobody any more. */
  async stopLooking(): Promise<void> {
    this.closing = true;
    this.clocks.stop();
    this.dialler.stop();
    await this.lan.stop();
  }

  /** A direct message waits for somebody to whom there is no link. */
  wanted(username: Username): void {
    const devices = this.parts.directory.candidates().filter((candidate) => sameUser(candidate.username, username));
    if (devices.length > 0) this.dialler.need(devices.map(({ device }) => device));
  }

  private makeLinks(): Links {
    const { config, identity, clock, log, trust, core } = this.parts;
    const { keylog, linkTimeoutMs } = config;
    return new Links({
      identity,
      limits: linkLimits(linkTimeoutMs),
      clock,
      timers,
      log,
      revoked: (device) => trust.revoked(device),
      channels: () => core()?.members.joined() ?? [],
      ...(keylog ? { keylog } : {}),
      events: {
        up: (link) => this.up(link),
        messages: (link, messages) => {
          core()?.messages(link, messages);
          trust.book.messages(link, messages);
        },
        drain: (link) => core()?.drain(link),
        clock: (link, time) => this.clocks.heard(link, time),
        down: (link, reason) => this.down(link, reason),
      },
    });
  }

  private up(link: Link): void {
    const { log, clock, directory, trust, core } = this.parts;
    const { username, device } = link.remote;
    log.info({ peer: username, device, dialled: link.dialled }, `linked with ${username}`);
    this.upSince.set(link.id, clock.now());
    directory.linked(device, username, link.dialled ? link.address : undefined);
    core()?.up(link);
    trust.book.up(link);
  }

  private down(link: Link, reason: DownReason): void {
    const { log, clock, directory, trust, core } = this.parts;
    const { username, device } = link.remote;
    log.info({ peer: username, device, code: reason.code }, `link with ${username} ended: ${reason.message}`);
    const since = this.upSince.get(link.id) ?? clock.now();
    this.upSince.delete(link.id);
    this.clocks.down(link);
    core()?.down(link, reason.code);
    trust.book.down(link);
    directory.unlinked(device, { code: reason.code, address: link.address });
    if (!this.closing) this.dialler.down(device, clock.now() - since);
  }

  private makeClocks(): ClockWatch {
    const { clock, log, notices, askTracker } = this.parts;
    return new ClockWatch({
      ...{ clock, log, notices, askTracker },
      steady: () => performance.now(),
      timers: { ...timers, setTimeout: (run, ms) => setTimeout(run, ms).unref() },
      links: () => this.links.all(),
    });
  }

  private makeDialler(): Dialler {
    const { identity, directory, clock, log, core } = this.parts;
    return new Dialler({
      self: identity.device,
      candidates: () => (core() ? worthDialling(this.candidates()) : []),
      linked: () => new Set([...this.links.all()].map(({ remote }) => remote.device)),
      needed: () => neededDevices(identity.username, core()?.waiting() ?? [], directory.candidates()),
      channels: () => core()?.members.joined() ?? [],
      dial: (target) => this.links.dial(target),
      close: (device) => this.links.get(device)?.close(),
      failed: ({ username, device, addresses }, error) => {
        const { code, message } = troubleOf(error);
        log.debug({ peer: username, device, code }, message);
        this.lan.alleged.failed(device);
        directory.dialFailed(device, { code, address: addresses.at(-1) });
      },
      clock,
      timers,
      random: Math.random,
    });
  }

  /** Who can be dialled: known devices, and those of which only the local network says where they are. */
  private candidates(): (Candidate & { readonly online: boolean })[] {
    const { directory, trust } = this.parts;
    const known = withAlleged(directory.candidates(), this.lan.alleged);
    const ids = new Set<DeviceId>(known.map(({ device }) => device));
    const strangers = this.lan.alleged.strangers((device) => ids.has(device));
    const found = strangers.map((stranger) => ({ ...stranger, username: undefined, channels: [], online: true }));
    return [...known, ...found].filter(({ device }) => !trust.revoked(device));
  }
}
